// Plays the program of thin-edge.io: one executable that is its command, its mapper and its agent, by the name it is started under.
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const components[] = {
    "c8y-firmware-plugin", "c8y-remote-access-plugin", "tedge-agent", "tedge-apt-plugin", "tedge-file-config-plugin",
    "tedge-file-log-plugin", "tedge-flows-plugin", "tedge-mapper", "tedge-watchdog", "tedge-write",
};

// Makes the links to the components beside the executable, as its `init` does.
static int init(void) {
    char self[4096], link[4200];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0) return 1;
    self[length] = 0;
    char *copy = strdup(self), *directory = dirname(copy);
    for (size_t i = 0; i < sizeof components / sizeof *components; i++) {
        snprintf(link, sizeof link, "%s/%s", directory, components[i]);
        if (access(link, F_OK) != 0 && symlink(self, link) != 0) return 1;
    }
    free(copy);
    return 0;
}

// Keeps settings, and knows none.
static int config(int count, char **words) {
    if (count != 5 || strcmp(words[2], "set") != 0) return strcmp(words[2], "get") == 0;
    if (mkdir("/etc/tedge", 0755) != 0 && errno != EEXIST) return 1;
    FILE *file = fopen("/etc/tedge/tedge.toml", "a");
    if (!file) return 1;
    fprintf(file, "%s = \"%s\"\n", words[3], words[4]);
    return fclose(file) != 0;
}

int main(int count, char **words) {
    const char *name = basename(words[0]);
    if (strcmp(name, "tedge") == 0 && count > 1 && strcmp(words[1], "init") == 0) return init();
    if (strcmp(name, "tedge") == 0 && count > 2 && strcmp(words[1], "config") == 0) return config(count, words);
    printf("thin-edge.io %s", name);
    for (int i = 1; i < count; i++) printf(" <%s>", words[i]);
    printf("\n");
    fflush(stdout);
    // `tedge run copy` copies standard input to standard output and ends with a status of its own.
    if (count > 2 && strcmp(words[2], "copy") == 0) {
        for (int c; (c = getchar()) != EOF;) putchar(c);
        return 7;
    }
    if (count > 1 && strcmp(words[1], "--service") == 0) {
        for (;;) pause();
    }
    return 0;
}
