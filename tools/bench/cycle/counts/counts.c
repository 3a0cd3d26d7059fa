/* Plugin for qemu-user that counts executed guest instructions, one counter for each function.
 *
 *   qemu-aarch64 -plugin counts.so,out=FILE,prefix=NAME,prefix=NAME ... PROGRAM
 *
 * A function has a counter if its name begins with one of the prefixes. At the end FILE has a line
 * "COUNT NAME" for each. The few declarations needed are those of qemu-plugin.h, plugin interface
 * version 1 (QEMU 4.2 to 8), and the same up to QEMU 8.2, where inline adding was renamed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info qemu_info;

enum { ADD_U64 = 0 }; /* the only inline operation there is */

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int, void *, uint64_t);

PUBLIC int qemu_plugin_version = 1;

#define MOST_FUNCTIONS 4096
#define MOST_PREFIXES 16

/* Counters never move, since translated code holds their addresses. */
static struct function { char *name; uint64_t count; } functions[MOST_FUNCTIONS];
static size_t n_functions;
static const char *prefixes[MOST_PREFIXES];
static size_t n_prefixes;
static const char *out = "counts.txt";

static bool wanted(const char *name)
{
    for (size_t i = 0; i < n_prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* QEMU holds a lock while it translates, so this needs none. */
static uint64_t *counter(const char *name)
{
    for (size_t i = 0; i < n_functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i].count;
    if (n_functions == MOST_FUNCTIONS)
        return NULL;
    functions[n_functions].name = strdup(name);
    return &functions[n_functions++].count;
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const char *name = qemu_plugin_insn_symbol(insn);
        uint64_t *at = name && wanted(name) ? counter(name) : NULL;
        if (at)
            qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, at, 1);
    }
}

static void finished(plugin_id id, void *unused)
{
    FILE *f = fopen(out, "w");
    if (!f)
        return;
    for (size_t i = 0; i < n_functions; i++)
        fprintf(f, "%" PRIu64 " %s\n", functions[i].count, functions[i].name);
    fclose(f);
}

PUBLIC int qemu_plugin_install(plugin_id id, const qemu_info *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            out = strdup(argv[i] + 4);
        else if (strncmp(argv[i], "prefix=", 7) == 0 && n_prefixes < MOST_PREFIXES)
            prefixes[n_prefixes++] = strdup(argv[i] + 7);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
