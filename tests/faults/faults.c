/* SPDX-License-Identifier: Apache-2.0 */
/* A library that is loaded before the program and makes every request fail once: FAULTS=memory each
 * allocation, FAULTS=calls each system call that reads, writes, opens, moves or closes a file.
 *
 * Before main begins the process forks once for each request: the n-th child fails the n-th request and goes on
 * into main; the parent, which stays here, looks at how the child ended. The first child fails nothing: what it
 * writes is the reference. A child whose request failed either ends with the status of a failed environment and
 * a sentence, leaving no file or a whole one, or has done without: then all it wrote equals the reference. The loop ends with the
 * child that had no request left to fail.
 *
 * Allocations are caught by taking malloc's name, so that those of cJSON and of the C library count too; system
 * calls by a seccomp filter that turns them into a signal, because the C library's own do not go by name. What the
 * program and cJSON allocate is counted until it is freed: what is left at the end has leaked. Linux on x86-64.
 *
 * FAULTS_FROM is the first request to fail (1). FAULTS_FOLDER names a folder in which the program may leave FAULTS_FILE and nothing else. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/* The status of a program whose environment failed. */
#define STATUS_IO 74

/* The sixth argument of a call that the filter lets through. */
#define LET_THROUGH 0x10c951b

/* Blocks that live at one time, at most; a power of two. */
#define LIVE_MAX (UINT32_C(1) << 14)

#define SECONDS_MAX 20u

/* What the child tells its parent. */
struct report {
    volatile uint64_t requests;
    volatile bool failed;    /* a request was made to fail */
    volatile bool is_whole;  /* the program ended by returning, so that `live` counts */
    volatile int64_t live;
    void *volatile place[8]; /* who asked */
};

static struct report *report;
static uint64_t fail_at;
static bool counts_memory, counts_calls;
static void *live[LIVE_MAX];
static ElfW(Addr) libc_begin, libc_end;

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

/* What dlsym allocates before the real allocator is known. */
static _Alignas(16) char early[8192];
static size_t early_used;

static bool is_early(const void *memory)
{
    return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

static void find_next(void)
{
    static bool finding;

    if (next_free == NULL && !finding) {
        finding = true;
        next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
        next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
        next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
        next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
        finding = false;
    }
}

/* Counts a request; true when it is the one to fail. */
static bool is_to_fail(void *place)
{
    if (report == NULL || ++report->requests != fail_at) {
        return false;
    }
    report->failed = true;
    report->place[0] = place;
    return true;
}

static uint32_t live_place(const void *memory)
{
    uint32_t at = (uint32_t)(((uintptr_t)memory >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (LIVE_MAX - 1);

    while (live[at] != NULL && live[at] != memory) {
        at = (at + 1) & (LIVE_MAX - 1);
    }
    return at;
}

static void note_born(void *memory, const void *caller)
{
    bool is_of_libc = (ElfW(Addr))caller >= libc_begin && (ElfW(Addr))caller < libc_end;

    if (report != NULL && counts_memory && memory != NULL && !is_of_libc) {
        live[live_place(memory)] = memory;
        if (++report->live > (int64_t)LIVE_MAX / 4 * 3) {
            dprintf(2, "faults: more blocks than LIVE_MAX has room for\n");
            _exit(1);
        }
    }
}

/* Removes a pointer, and closes the gap that this leaves in the table. */
static void note_gone(const void *memory)
{
    uint32_t at = live_place(memory);

    if (report == NULL || memory == NULL || live[at] == NULL) {
        return;
    }
    report->live--;
    live[at] = NULL;
    for (uint32_t next = (at + 1) & (LIVE_MAX - 1); live[next] != NULL; next = (next + 1) & (LIVE_MAX - 1)) {
        void *moved = live[next];
        live[next] = NULL;
        live[live_place(moved)] = moved;
    }
}

void *malloc(size_t size)
{
    void *memory;

    find_next();
    if (next_malloc == NULL) {
        return calloc(1, size);
    }
    if (counts_memory && is_to_fail(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    memory = next_malloc(size);
    note_born(memory, __builtin_return_address(0));
    return memory;
}

void *calloc(size_t count, size_t size)
{
    void *memory;

    find_next();
    if (next_calloc == NULL) {
        size_t at = (early_used + 15) & ~(size_t)15;
        early_used = at + count * size;
        return early_used > sizeof early ? NULL : early + at;
    }
    if (counts_memory && is_to_fail(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    memory = next_calloc(count, size);
    note_born(memory, __builtin_return_address(0));
    return memory;
}

void *realloc(void *memory, size_t size)
{
    void *grown;

    find_next();
    if (counts_memory && is_to_fail(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    grown = next_realloc(memory, size);
    if (grown != NULL || size == 0) {
        note_gone(memory);
        note_born(grown, __builtin_return_address(0));
    }
    return grown;
}

void free(void *memory)
{
    find_next();
    if (memory == NULL || is_early(memory)) {
        return;
    }
    note_gone(memory);
    next_free(memory);
}

static int find_libc(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (strstr(info->dlpi_name, "libc.so") == NULL && strstr(info->dlpi_name, "libasan") == NULL) {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0 && strstr(info->dlpi_name, "libc.so") != NULL) {
            libc_begin = info->dlpi_addr + header->p_vaddr;
            libc_end = libc_begin + header->p_memsz;
        }
    }
    return 0;
}

/* A call that the filter caught: it fails now, or is done for the program. */
static void caught(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    bool to_stderr = (info->si_syscall == SYS_write || info->si_syscall == SYS_writev) && registers[REG_RDI] == 2;
    long answer;
    int before = errno;

    (void)signal;
    if (!to_stderr && is_to_fail((void *)registers[REG_RIP])) {
        bool no_room = info->si_syscall == SYS_write || info->si_syscall == SYS_writev || info->si_syscall == SYS_rename;
        /* A descriptor that close answers with an error for is closed all the same. */
        if (info->si_syscall == SYS_close) {
            (void)syscall(SYS_close, registers[REG_RDI], 0, 0, 0, 0, LET_THROUGH);
        }
        report->place[1] = (void *)(intptr_t)info->si_syscall;
        registers[REG_RAX] = no_room ? -ENOSPC : info->si_syscall == SYS_openat ? -EMFILE : -EIO;
        errno = before;
        return;
    }
    answer = syscall(info->si_syscall, registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10],
                     registers[REG_R8], LET_THROUGH);
    registers[REG_RAX] = answer == -1 ? -errno : answer;
    errno = before;
}

static void filter_calls(void)
{
    static const int calls[] = {SYS_read, SYS_write, SYS_writev, SYS_openat, SYS_rename, SYS_close};
    struct sock_filter filter[sizeof calls / sizeof calls[0] + 6];
    struct sock_fprog program = {0, filter};
    struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER};
    unsigned length = 0;
    unsigned count = sizeof calls / sizeof calls[0];

    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5]));
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LET_THROUGH, (uint8_t)(count + 1), 0);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < count; i++) {
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i],
                                                        (uint8_t)(count - i), 0);
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    program.len = (unsigned short)length;
    (void)sigaction(SIGSYS, &action, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        dprintf(2, "faults: no seccomp here\n");
        _exit(77);
    }
}

/* A file as it lies in memory. */
struct bytes {
    char *at;
    size_t length;
};

static struct bytes bytes_of(int descriptor)
{
    struct bytes bytes = {NULL, 0};
    off_t size = lseek(descriptor, 0, SEEK_END);

    if (size > 0) {
        bytes.length = (size_t)size;
        bytes.at = mmap(NULL, bytes.length, PROT_READ, MAP_PRIVATE, descriptor, 0);
    }
    return bytes;
}

static bool is_same(struct bytes left, struct bytes right)
{
    return left.length == right.length && (left.length == 0 || memcmp(left.at, right.at, left.length) == 0);
}

/* How one child ended. */
struct ending {
    int status; /* as waitpid gives it */
    struct bytes out, err, file;
    bool has_file, has_other_files;
};

/* The folder after a child: what is in it, and then nothing. */
static void look_into_folder(struct ending *ending)
{
    const char *path = getenv("FAULTS_FOLDER");
    const char *wanted = getenv("FAULTS_FILE");
    DIR *folder = path == NULL ? NULL : opendir(path);
    struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char inner[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (wanted != NULL && strcmp(entry->d_name, wanted) == 0) {
            int descriptor = open(inner, O_RDONLY);
            ending->has_file = true;
            ending->file = bytes_of(descriptor);
            close(descriptor);
        } else {
            ending->has_other_files = true;
        }
        unlink(inner);
    }
    if (folder != NULL) {
        closedir(folder);
    }
}

/* Forks; in the child it returns true, with the faults set, and main follows. */
static bool child_begins(uint64_t n, struct ending *ending)
{
    int out = memfd_create("out", 0);
    int err = memfd_create("err", 0);
    pid_t child;

    *report = (struct report){0};
    child = fork();
    if (child == 0) {
        dup2(out, 1);
        dup2(err, 2);
        close(out);
        close(err);
        alarm(SECONDS_MAX);
        fail_at = n;
        counts_memory = strcmp(getenv("FAULTS"), "memory") == 0;
        counts_calls = !counts_memory;
        unsetenv("FAULTS");
        unsetenv("LD_PRELOAD");
        if (counts_calls) {
            filter_calls();
        }
        report->requests = 0;
        return true;
    }
    waitpid(child, &ending->status, 0);
    ending->out = bytes_of(out);
    ending->err = bytes_of(err);
    look_into_folder(ending);
    close(out);
    close(err);
    return false;
}

static void forget(struct ending *ending)
{
    munmap(ending->out.at, ending->out.length);
    munmap(ending->err.at, ending->err.length);
    munmap(ending->file.at, ending->file.length);
}

/* What is wrong with how a child ended; NULL: nothing. */
static const char *complaint(const struct ending *ending, const struct ending *reference, bool *survived)
{
    bool as_ever = ending->status == reference->status && is_same(ending->out, reference->out) &&
                   ending->has_file == reference->has_file && is_same(ending->file, reference->file);

    *survived = false;
    if (!WIFEXITED(ending->status)) {
        return WTERMSIG(ending->status) == SIGALRM ? "it hangs" : "it crashes";
    }
    if (ending->has_other_files) {
        return "it leaves a temporary file";
    }
    if (report->is_whole && report->live != 0) {
        return "it leaks memory";
    }
    if (as_ever) {
        *survived = true;
        return NULL;
    }
    if (WEXITSTATUS(ending->status) != STATUS_IO) {
        return "the exit status is not 74";
    }
    if (ending->has_file && !is_same(ending->file, reference->file)) {
        return "a half-written file stands under the final name";
    }
    return ending->err.length > 0 && memmem(ending->err.at, ending->err.length, "iocpsim: ", 9) != NULL &&
                   ending->err.at[ending->err.length - 1] == '\n'
               ? NULL
               : "nothing is said on stderr";
}

static void tell(uint64_t n, const char *what, const struct ending *ending)
{
    Dl_info info = {0};
    bool known = report->place[0] != NULL && dladdr(report->place[0], &info) != 0;

    dprintf(1, "request %llu (%s+0x%zx, call %ld): %s; status 0x%x, %lld blocks live\n  %.*s\n", (unsigned long long)n,
            known ? info.dli_fname : "?", known ? (size_t)((char *)report->place[0] - (char *)info.dli_fbase) : 0,
            (long)(intptr_t)report->place[1], what, (unsigned)ending->status, (long long)report->live,
            (int)(ending->err.length < 300 ? ending->err.length : 300), ending->err.length > 0 ? ending->err.at : "");
}

__attribute__((constructor)) static void begin(void)
{
    struct ending reference = {0};
    const char *from = getenv("FAULTS_FROM");
    uint64_t first = from == NULL ? 1 : strtoull(from, NULL, 10);
    uint64_t survivors = 0;
    uint64_t n;
    int bad = 0;

    find_next();
    if (getenv("FAULTS") == NULL) {
        return;
    }
    dl_iterate_phdr(find_libc, NULL);
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (child_begins(0, &reference)) {
        return;
    }
    if (!WIFEXITED(reference.status) || report->live != 0 || reference.has_other_files) {
        tell(0, "it fails without a fault", &reference);
        _exit(WIFEXITED(reference.status) && WEXITSTATUS(reference.status) == 77 ? 77 : 1);
    }
    for (n = first; bad < 10; n++) {
        struct ending ending = {0};
        const char *what;
        bool survived;
        if (child_begins(n, &ending)) {
            return;
        }
        what = complaint(&ending, &reference, &survived);
        survivors += survived;
        if (what != NULL) {
            tell(n, what, &ending);
            bad++;
        }
        forget(&ending);
        if (!report->failed) {
            break;
        }
    }
    dprintf(1, "%llu requests failed one by one, %llu were done without\n", (unsigned long long)(n - first),
            (unsigned long long)survivors - (bad == 0));
    _exit(bad > 0 || n == first);
}

__attribute__((destructor)) static void end(void)
{
    if (report != NULL) {
        report->is_whole = true;
    }
}
