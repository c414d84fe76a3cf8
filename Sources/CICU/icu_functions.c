// The functions of ICU that cannot work without its data.
//
// Foundation calls them for calendars, time zones, locales, number and date formats, collation, transliteration, converters and
// regular expressions. The program uses none of that, and icu_data.c leaves the data out; ICU would search for them, and fail. Defined here,
// the functions fail at once, and ICU's three megabytes of code for them stay out of the executable. The functions that work
// without data (properties of characters) are ICU's own.
//
// The definitions are weak: a toolchain whose Foundation needs other functions of the same parts of ICU links ICU itself.
// The names, the positions of the status and its values are those of ICU's public C interface; Swift adds the prefix.

typedef int UErrorCode;

static void *missing(UErrorCode *status) {
    // U_MISSING_RESOURCE_ERROR, unless an earlier call has failed.
    if (*status <= 0) *status = 2;
    return 0;
}

#define WEAK __attribute__((weak, visibility("hidden")))

// Functions with a status behind so many other parameters: they fail.
#define FAILS_0(name) WEAK void *name(UErrorCode *status) { return missing(status); }
#define FAILS_1(name) WEAK void *name(long a, UErrorCode *status) { return missing(status); }
#define FAILS_2(name) WEAK void *name(long a, long b, UErrorCode *status) { return missing(status); }
#define FAILS_3(name) WEAK void *name(long a, long b, long c, UErrorCode *status) { return missing(status); }
#define FAILS_4(name) WEAK void *name(long a, long b, long c, long d, UErrorCode *status) { return missing(status); }
#define FAILS_5(name) WEAK void *name(long a, long b, long c, long d, long e, UErrorCode *status) { return missing(status); }
#define FAILS_6(name) \
    WEAK void *name(long a, long b, long c, long d, long e, long f, UErrorCode *status) { return missing(status); }
#define FAILS_7(name) \
    WEAK void *name(long a, long b, long c, long d, long e, long f, long g, UErrorCode *status) { return missing(status); }

FAILS_0(swift_ucal_openTimeZones) FAILS_0(swift_ufieldpositer_open) FAILS_0(swift_ufmt_open)
FAILS_0(swift_unumf_openResult) FAILS_0(swift_unumsys_openAvailableNames)

FAILS_1(swift_ucal_clone) FAILS_1(swift_ucnv_countAliases) FAILS_1(swift_ucnv_open)
FAILS_1(swift_ucol_getKeywordValues) FAILS_1(swift_ucol_open) FAILS_1(swift_ucurr_getDefaultFractionDigits)
FAILS_1(swift_ucurr_openISOCurrencies) FAILS_1(swift_udat_clone) FAILS_1(swift_udatpg_clone) FAILS_1(swift_udatpg_open)
FAILS_1(swift_uidna_openUTS46) FAILS_1(swift_ulistfmt_open) FAILS_1(swift_uloc_getCharacterOrientation)
FAILS_1(swift_uloc_getLineOrientation) FAILS_1(swift_uloc_openKeywords) FAILS_1(swift_ulocdata_getMeasurementSystem)
FAILS_1(swift_ulocdata_open) FAILS_1(swift_unumsys_open) FAILS_1(swift_uregex_clone)
FAILS_1(swift_uregion_getAvailable) FAILS_1(swift_uregion_getContainedRegions) FAILS_1(swift_uregion_getRegionFromCode)

FAILS_2(swift_ucasemap_open) FAILS_2(swift_ucnv_getAlias) FAILS_2(swift_ucnv_getStandardName)
FAILS_2(swift_uregion_getContainedRegionsOfType)

FAILS_3(swift_ucal_getKeywordValuesForLocale) FAILS_3(swift_ucol_getKeywordValuesForLocale)
FAILS_3(swift_ucol_openElements) FAILS_3(swift_ucurr_forLocale) FAILS_3(swift_ulistfmt_openForType)
FAILS_3(swift_uloc_addLikelySubtags) FAILS_3(swift_uloc_canonicalize) FAILS_3(swift_uloc_getCountry)
FAILS_3(swift_uloc_getLanguage) FAILS_3(swift_uloc_getLocaleForLCID) FAILS_3(swift_uloc_getScript)
FAILS_3(swift_uloc_getVariant) FAILS_3(swift_uloc_minimizeSubtags) FAILS_3(swift_unumf_openForSkeletonAndLocale)
FAILS_3(swift_uscript_getCode)

FAILS_4(swift_ucal_open) FAILS_4(swift_uloc_getDisplayCountry) FAILS_4(swift_uloc_getDisplayLanguage)
FAILS_4(swift_uloc_getDisplayName) FAILS_4(swift_uloc_getDisplayScript) FAILS_4(swift_uloc_getDisplayVariant)
FAILS_4(swift_uloc_getKeywordValue) FAILS_4(swift_uloc_setKeywordValue) FAILS_4(swift_uloc_toLanguageTag)
FAILS_4(swift_uregex_open) FAILS_4(swift_ureldatefmt_open)

FAILS_5(swift_u_formatMessage) FAILS_5(swift_ucal_getCanonicalTimeZoneID) FAILS_5(swift_ucurr_getName)
FAILS_5(swift_udtitvfmt_open) FAILS_5(swift_uloc_getDisplayKeywordValue) FAILS_5(swift_unum_open)

FAILS_6(swift_u_vformatMessage) FAILS_6(swift_utrans_openU)

FAILS_7(swift_udat_open)

// Texts and lists that callers read without a check: they are empty.
WEAK const char *swift_ucal_getTZDataVersion(UErrorCode *status) { missing(status); return ""; }
WEAK const char *swift_uloc_getISO3Language(const char *locale) { return ""; }
static const char *const none[] = {0};
WEAK const char *const *swift_uloc_getISOCountries(void) { return none; }
WEAK const char *const *swift_uloc_getISOLanguages(void) { return none; }

// Functions of objects that nothing can open, and counts: they do nothing, and return zero.
#define NOTHING(name) WEAK long name(void) { return 0; }
NOTHING(swift_UCNV_FROM_U_CALLBACK_STOP) NOTHING(swift_UCNV_TO_U_CALLBACK_STOP) NOTHING(swift_ucal_add)
NOTHING(swift_ucal_clear) NOTHING(swift_ucal_close) NOTHING(swift_ucal_get) NOTHING(swift_ucal_getAttribute)
NOTHING(swift_ucal_getDayOfWeekType) NOTHING(swift_ucal_getFieldDifference) NOTHING(swift_ucal_getGregorianChange)
NOTHING(swift_ucal_getLimit) NOTHING(swift_ucal_getMillis) NOTHING(swift_ucal_getNow)
NOTHING(swift_ucal_getTimeZoneDisplayName) NOTHING(swift_ucal_getTimeZoneTransitionDate)
NOTHING(swift_ucal_getWeekendTransition) NOTHING(swift_ucal_isWeekend) NOTHING(swift_ucal_roll) NOTHING(swift_ucal_set)
NOTHING(swift_ucal_setAttribute) NOTHING(swift_ucal_setDateTime) NOTHING(swift_ucal_setGregorianChange)
NOTHING(swift_ucal_setMillis) NOTHING(swift_ucal_setTimeZone) NOTHING(swift_ucasemap_close)
NOTHING(swift_ucasemap_utf8ToLower) NOTHING(swift_ucasemap_utf8ToTitle) NOTHING(swift_ucasemap_utf8ToUpper)
NOTHING(swift_ucnv_close) NOTHING(swift_ucnv_countAvailable) NOTHING(swift_ucnv_fromUnicode)
NOTHING(swift_ucnv_getAvailableName) NOTHING(swift_ucnv_getInvalidChars) NOTHING(swift_ucnv_getInvalidUChars)
NOTHING(swift_ucnv_resetFromUnicode) NOTHING(swift_ucnv_setFromUCallBack) NOTHING(swift_ucnv_setSubstChars)
NOTHING(swift_ucnv_setToUCallBack) NOTHING(swift_ucnv_toUnicode) NOTHING(swift_ucol_close)
NOTHING(swift_ucol_closeElements) NOTHING(swift_ucol_getOffset) NOTHING(swift_ucol_next)
NOTHING(swift_ucol_setAttribute) NOTHING(swift_ucol_strcoll) NOTHING(swift_ucurr_getNumericCode)
NOTHING(swift_ucurr_getRoundingIncrement) NOTHING(swift_udat_applyPattern) NOTHING(swift_udat_applyPatternRelative)
NOTHING(swift_udat_close) NOTHING(swift_udat_countSymbols) NOTHING(swift_udat_format)
NOTHING(swift_udat_formatForFields) NOTHING(swift_udat_getCalendar) NOTHING(swift_udat_getContext)
NOTHING(swift_udat_getSymbols) NOTHING(swift_udat_isLenient) NOTHING(swift_udat_parseCalendar)
NOTHING(swift_udat_set2DigitYearStart) NOTHING(swift_udat_setBooleanAttribute) NOTHING(swift_udat_setCalendar)
NOTHING(swift_udat_setContext) NOTHING(swift_udat_setLenient) NOTHING(swift_udat_setSymbols)
NOTHING(swift_udat_toCalendarDateField) NOTHING(swift_udat_toPattern) NOTHING(swift_udat_toPatternRelativeDate)
NOTHING(swift_udat_toPatternRelativeTime) NOTHING(swift_udatpg_close) NOTHING(swift_udatpg_getBestPattern)
NOTHING(swift_udatpg_getBestPatternWithOptions) NOTHING(swift_udatpg_getDefaultHourCycle)
NOTHING(swift_udatpg_getSkeleton) NOTHING(swift_udtitvfmt_close) NOTHING(swift_udtitvfmt_format)
NOTHING(swift_uenum_close) NOTHING(swift_uenum_next) NOTHING(swift_uenum_unext) NOTHING(swift_ufieldpositer_close)
NOTHING(swift_ufieldpositer_next) NOTHING(swift_ufmt_close) NOTHING(swift_ufmt_getDecNumChars)
NOTHING(swift_uidna_nameToASCII_UTF8) NOTHING(swift_uidna_nameToUnicodeUTF8) NOTHING(swift_ulistfmt_close)
NOTHING(swift_ulistfmt_format) NOTHING(swift_uloc_countAvailable) NOTHING(swift_uloc_getAvailable)
NOTHING(swift_uloc_getLCID) NOTHING(swift_uloc_toLegacyKey) NOTHING(swift_ulocdata_close)
NOTHING(swift_ulocdata_getDelimiter) NOTHING(swift_ulocdata_getExemplarSet) NOTHING(swift_unum_applyPattern)
NOTHING(swift_unum_close) NOTHING(swift_unum_formatDecimal) NOTHING(swift_unum_formatDouble)
NOTHING(swift_unum_formatInt64) NOTHING(swift_unum_getAttribute) NOTHING(swift_unum_getContext)
NOTHING(swift_unum_getDoubleAttribute) NOTHING(swift_unum_getSymbol) NOTHING(swift_unum_getTextAttribute)
NOTHING(swift_unum_parseDecimal) NOTHING(swift_unum_parseDouble) NOTHING(swift_unum_parseInt64)
NOTHING(swift_unum_parseToUFormattable) NOTHING(swift_unum_setAttribute) NOTHING(swift_unum_setContext)
NOTHING(swift_unum_setDoubleAttribute) NOTHING(swift_unum_setSymbol) NOTHING(swift_unum_setTextAttribute)
NOTHING(swift_unum_toPattern) NOTHING(swift_unumf_close) NOTHING(swift_unumf_closeResult)
NOTHING(swift_unumf_formatDecimal) NOTHING(swift_unumf_formatDouble) NOTHING(swift_unumf_formatInt)
NOTHING(swift_unumf_resultGetAllFieldPositions) NOTHING(swift_unumf_resultToString) NOTHING(swift_unumsys_close)
NOTHING(swift_unumsys_getName) NOTHING(swift_unumsys_getRadix) NOTHING(swift_unumsys_isAlgorithmic)
NOTHING(swift_uregex_close) NOTHING(swift_uregex_end64) NOTHING(swift_uregex_findNext) NOTHING(swift_uregex_groupCount)
NOTHING(swift_uregex_groupNumberFromName) NOTHING(swift_uregex_hitEnd) NOTHING(swift_uregex_requireEnd)
NOTHING(swift_uregex_setFindProgressCallback) NOTHING(swift_uregex_setMatchCallback) NOTHING(swift_uregex_setRegion64)
NOTHING(swift_uregex_setText) NOTHING(swift_uregex_start64) NOTHING(swift_uregex_useAnchoringBounds)
NOTHING(swift_uregex_useTransparentBounds) NOTHING(swift_uregion_getContainingRegion)
NOTHING(swift_uregion_getContainingRegionOfType) NOTHING(swift_uregion_getRegionCode) NOTHING(swift_uregion_getType)
NOTHING(swift_ureldatefmt_close) NOTHING(swift_ureldatefmt_format) NOTHING(swift_ureldatefmt_formatNumeric)
NOTHING(swift_uset_clear) NOTHING(swift_uset_close) NOTHING(swift_uset_contains) NOTHING(swift_uset_getItem)
NOTHING(swift_uset_getItemCount) NOTHING(swift_utrans_close) NOTHING(swift_utrans_trans) NOTHING(ualoc_canonicalForm)
NOTHING(ualoc_getAppleParent) NOTHING(uameasfmt_getUnitsForUsage) NOTHING(uatimezone_close)
NOTHING(uatimezone_getOffset) NOTHING(uatimezone_getOffsetFromLocal) NOTHING(uatimezone_getTimeZoneTransitionDate)
NOTHING(uatimezone_open) NOTHING(uatmufmt_getListPattern) NOTHING(uatmufmt_getTimePattern)
NOTHING(udat_patternCharToDateFormatField) NOTHING(udtitvfmt_setAttribute)
