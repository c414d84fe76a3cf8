#include <stdint.h>

// An ICU common-data header that lists no items, in the format of ICU's udata.h and of its own stub data.
// Defined here, it is what the linker takes for `icudt76_dat` (Swift 6.3) or `icudt74_dat` (Swift 6.2), so that the 30 MB data
// object of the static Foundation stays out of the executable. Formatting that needs a locale (DateFormatter, collation) finds
// no data; the rest of Foundation does not use it. A toolchain whose ICU has another version number simply links its own data.
struct common_data {
    uint16_t header_size;
    uint8_t magic1;
    uint8_t magic2;
    uint16_t info_size;
    uint16_t reserved_word;
    uint8_t is_big_endian;
    uint8_t charset_family;
    uint8_t sizeof_uchar;
    uint8_t reserved_byte;
    uint8_t data_format[4];
    uint8_t format_version[4];
    uint8_t data_version[4];
    uint8_t padding[8];
    uint32_t item_count;
    uint32_t reserved;
};

#define NO_DATA \
    { \
        .header_size = 32, \
        .magic1 = 0xda, \
        .magic2 = 0x27, \
        .info_size = 20, \
        .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, \
        .sizeof_uchar = 2, \
        .data_format = {'T', 'o', 'C', 'P'}, \
        .format_version = {1, 0, 0, 0}, \
    }

__attribute__((visibility("hidden"), aligned(16))) const struct common_data icudt74_dat = NO_DATA;
__attribute__((visibility("hidden"), aligned(16))) const struct common_data icudt76_dat = NO_DATA;
