/* Runs a program for 64-bit macOS on Linux of the same processor, for the test suite: `load PROGRAM ARGUMENT...`
 *
 * It does what Apple's kernel and dyld do for a program that needs libSystem only: maps the segments, never at the address they
 * were linked for, adds what they lie off by to the pointers in them, binds libSystem's functions to those of this machine's C
 * library, makes the variables of the only thread, and calls constructors and `main`. Where the two systems differ in the numbers and structures of a function that the runtime
 * calls, a function here translates; one that takes a variable number of arguments is refused.
 *
 * What is not of a form that it knows ends it with a message and 125: nothing is skipped that a program could depend on. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void refuse(const char *form, ...) {
  va_list arguments;
  va_start(arguments, form);
  fputs("load: ", stderr);
  vfprintf(stderr, form, arguments);
  fputc('\n', stderr);
  exit(125);
}

/* The file, as <mach-o/loader.h> of macOS describes it. */

struct header { uint32_t magic, processor, variant, kind, commands, bytes, flags, reserved; };
struct command { uint32_t kind, bytes; };
struct segment {
  struct command command;
  char name[16];
  uint64_t address, size, offset, in_file;
  uint32_t most_access, access, sections, flags;
};
struct section {
  char name[16], segment[16];
  uint64_t address, size;
  uint32_t offset, alignment, relocations, relocation_count, flags, more[3];
};
struct entry { struct command command; uint64_t offset, stack; };
struct table { uint32_t offset, bytes; };
struct fixups { struct command command; struct table pointers, binds, weak, lazy, exports; };

enum {
  MAGIC = 0xfeedfacf, EXECUTABLE = 2, MUST_UNDERSTAND = 0x80000000,
  SYMBOLS = 2, DYNAMIC_SYMBOLS = 0xb, LIBRARY = 0xc, LINKER = 0xe, SEGMENT = 0x19, UUID = 0x1b, SIGNATURE = 0x1d,
  FUNCTION_STARTS = 0x26, DATA_IN_CODE = 0x29, SOURCE_VERSION = 0x2a, BUILD_VERSION = 0x32,
  FIXUPS = MUST_UNDERSTAND | 0x22, ENTRY = MUST_UNDERSTAND | 0x28,
  CONSTRUCTORS = 9, FIRST_VALUES = 0x11, FIRST_ZEROS = 0x12, VARIABLES = 0x13,
#if defined __x86_64__
  PROCESSOR = 0x01000007,
#elif defined __aarch64__
  PROCESSOR = 0x0100000c,
#endif
};

static const uint8_t *file;
static struct segment *segments[16];
static unsigned segment_count;
static const struct section *sections[64];
static unsigned section_count;
/* How far from the addresses in the file everything lies. */
static uint64_t slide;

static unsigned kind(const struct section *section) { return section->flags & 0xff; }

static uint64_t *place(unsigned segment, uint64_t offset) {
  if (segment >= segment_count || offset + 8 > segments[segment]->size)
    refuse("a fixup at %#llx of segment %u, which is not there", (unsigned long long)offset, segment);
  return (uint64_t *)(segments[segment]->address + slide + offset);
}

/* What Darwin has in another form. */

struct darwin_stack { void *base; size_t size; int32_t flags; };
struct darwin_action { void *handler; uint32_t mask; int32_t flags; };
struct darwin_info { int32_t signal, error, code, process; uint32_t user; int32_t status; void *address; };
struct darwin_entry { uint64_t number, offset; uint16_t bytes, name_bytes; uint8_t kind; char name[1024]; };
struct darwin_time { int64_t seconds, nanoseconds; };
struct darwin_facts {
  int32_t device; uint16_t mode, links; uint64_t number; uint32_t user, group; int32_t special;
  struct darwin_time access, change, status, birth;
  int64_t size, blocks; int32_t block_size; uint32_t flags, generation; int32_t spare; int64_t more[2];
};

enum { DARWIN_SIGBUS = 10, DARWIN_ONSTACK = 1, DARWIN_SIGINFO = 0x40 };

static int native_signal(int signal) { return signal == DARWIN_SIGBUS ? SIGBUS : signal; }
static int darwin_signal(int signal) { return signal == SIGBUS ? DARWIN_SIGBUS : signal; }

static void (*handlers[64])(int, struct darwin_info *, void *);

static void caught(int signal, siginfo_t *info, void *context) {
  struct darwin_info told = { .signal = darwin_signal(signal), .code = info->si_code, .address = info->si_addr };
  handlers[signal](told.signal, &told, context);
}

static int darwin_sigaction(int signal, const struct darwin_action *new, struct darwin_action *old) {
  if (old || !new || new->mask || (new->handler && new->flags != (DARWIN_ONSTACK | DARWIN_SIGINFO)) || signal < 1 || signal > 31)
    refuse("a sigaction that is not translated");
  signal = native_signal(signal);
  struct sigaction action = { .sa_handler = SIG_DFL };
  if (new->handler) {
    memcpy(&handlers[signal], &new->handler, sizeof new->handler);
    action.sa_sigaction = caught;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  }
  return sigaction(signal, &action, NULL);
}

static int darwin_sigaltstack(const struct darwin_stack *new, struct darwin_stack *old) {
  if (old || !new || new->flags)
    refuse("a sigaltstack that is not translated");
  stack_t stack = { .ss_sp = new->base, .ss_size = new->size };
  return sigaltstack(&stack, NULL);
}

static int darwin_stat(const char *path, struct darwin_facts *to) {
  struct stat facts;
  if (stat(path, &facts))
    return -1;
  *to = (struct darwin_facts){
    .mode = facts.st_mode, .links = facts.st_nlink, .number = facts.st_ino, .size = facts.st_size, .blocks = facts.st_blocks,
    .access = { facts.st_atim.tv_sec, facts.st_atim.tv_nsec }, .change = { facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec },
    .status = { facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec }, .block_size = facts.st_blksize,
  };
  return 0;
}

static struct darwin_entry *darwin_readdir(DIR *listing) {
  static struct darwin_entry entry;
  struct dirent *native = readdir(listing);
  if (!native)
    return NULL;
  entry = (struct darwin_entry){ .number = native->d_ino, .bytes = sizeof entry, .kind = native->d_type };
  entry.name_bytes = strlen(native->d_name);
  memcpy(entry.name, native->d_name, entry.name_bytes + 1);
  return &entry;
}

static int darwin_clock_gettime(int clock, struct timespec *to) {
  enum { WALL = 0, MONOTONIC = 6 };
  if (clock != WALL && clock != MONOTONIC)
    refuse("clock %d is not translated", clock);
  return clock_gettime(clock == WALL ? CLOCK_REALTIME : CLOCK_MONOTONIC, to);
}

static void darwin_memset_pattern16(uint8_t *to, const uint8_t *pattern, size_t count) {
  for (size_t i = 0; i < count; i++)
    to[i] = pattern[i % 16];
}

static _Noreturn void unbound(void) { refuse("a function was called before it was bound"); }

/* Thread-local variables: for each a descriptor with a function, which code calls with the descriptor's address and which
 * changes no register but that of the result; a number for the system; and how far into the first values the variable is.
 * There is one thread, whose variables are made before the program runs: the distance is replaced by an address. */

#if defined __x86_64__
__asm__(".text\n.globl own_variable\nown_variable:\n  movq 16(%rdi), %rax\n  ret\n");
#elif defined __aarch64__
__asm__(".text\n.globl own_variable\nown_variable:\n  ldr x0, [x0, #16]\n  ret\n");
#endif
extern void own_variable(void);

static const struct { const char *name; void *function; } translated[] = {
  { "dyld_stub_binder", unbound }, { "___error", __errno_location }, { "_sigaction", darwin_sigaction },
  { "_sigaltstack", darwin_sigaltstack }, { "_stat", darwin_stat }, { "_readdir", darwin_readdir },
  { "_clock_gettime", darwin_clock_gettime }, { "___bzero", bzero }, { "_memset_pattern16", darwin_memset_pattern16 },
  { "__tlv_bootstrap", own_variable },
};

/* Functions that this machine's C library has under the same name, with numbers or structures of its own, or whose variable
 * arguments lie elsewhere. */
static const char *const different[] = {
  "_lstat", "_fstat", "_open", "_fcntl", "_ioctl", "_mmap", "_sysconf", "_sigprocmask", "_signal", "_raise", "_printf",
  "_fprintf", "_dprintf", "_sprintf", "_snprintf", "_scanf", "_fscanf", "_sscanf", "_vprintf", "_vfprintf", "_vsprintf",
  "_vsnprintf", "_pthread_create",
};

static void *function(const char *symbol) {
  char name[256];
  snprintf(name, sizeof name, "%s", symbol);
  /* On x86-64, behind the name of a function whose structure grew once. */
  char *variant = strstr(name, "$INODE64");
  if (variant)
    *variant = 0;
  for (unsigned i = 0; i < sizeof translated / sizeof *translated; i++)
    if (!strcmp(translated[i].name, name))
      return translated[i].function;
  for (unsigned i = 0; i < sizeof different / sizeof *different; i++)
    if (!strcmp(different[i], name))
      refuse("`%s` is different on Linux, and not translated", symbol);
  void *found = *name == '_' ? dlsym(RTLD_DEFAULT, name + 1) : NULL;
  if (!found)
    refuse("Linux has no `%s`", symbol);
  return found;
}

/* The two small languages that say where pointers are: a byte is an operation and a number below 16, larger numbers follow. */

static uint64_t number(const uint8_t **at) {
  uint64_t value = 0;
  for (unsigned shift = 0; ; shift += 7) {
    uint8_t byte = *(*at)++;
    if (shift < 64)
      value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
}

/* Pointers into the program itself. */
static void relocate(struct table table) {
  const uint8_t *at = file + table.offset, *end = at + table.bytes;
  unsigned segment = 0;
  uint64_t offset = 0;
  while (at < end) {
    uint8_t operation = *at & 0xf0, small = *at++ & 0xf;
    uint64_t count = 0, gap = 0;
    switch (operation) {
    case 0x00: return;
    case 0x10: if (small != 1) refuse("a relocation that is no pointer"); break;
    case 0x20: segment = small; offset = number(&at); break;
    case 0x30: offset += number(&at); break;
    case 0x40: offset += 8 * small; break;
    case 0x50: count = small; break;
    case 0x60: count = number(&at); break;
    case 0x70: count = 1; gap = number(&at); break;
    case 0x80: count = number(&at); gap = number(&at); break;
    default: refuse("relocations have an operation %#x", operation);
    }
    for (; count; count--, offset += 8 + gap)
      *place(segment, offset) += slide;
  }
}

/* Pointers into libraries. Those of functions that are called are in a table of their own, for which the end of one is not
 * that of all. */
static void bind(struct table table, int is_lazy) {
  const uint8_t *at = file + table.offset, *end = at + table.bytes;
  unsigned segment = 0;
  uint64_t offset = 0;
  const char *symbol = NULL;
  while (at < end) {
    uint8_t operation = *at & 0xf0, small = *at++ & 0xf;
    uint64_t count = 0, gap = 0;
    switch (operation) {
    case 0x00: if (!is_lazy) return; break;
    case 0x10: if (small != 1) refuse("a library of number %u", small); break;
    case 0x40: symbol = (const char *)at; at += strlen(symbol) + 1; break;
    case 0x50: if (small != 1) refuse("a binding that is no pointer"); break;
    case 0x70: segment = small; offset = number(&at); break;
    case 0x80: offset += number(&at); break;
    case 0x90: count = 1; break;
    case 0xa0: count = 1; gap = number(&at); break;
    case 0xb0: count = 1; gap = 8 * small; break;
    case 0xc0: count = number(&at); gap = number(&at); break;
    default: refuse("bindings have an operation %#x", operation);
    }
    for (; count; count--, offset += 8 + gap) {
      if (!symbol)
        refuse("a binding to nothing");
      *place(segment, offset) = (uint64_t)function(symbol);
    }
  }
}

static void make_variables(void) {
  uint64_t low = UINT64_MAX, high = 0;
  for (unsigned i = 0; i < section_count; i++) {
    const struct section *values = sections[i];
    if (kind(values) != FIRST_VALUES && kind(values) != FIRST_ZEROS)
      continue;
    low = values->address < low ? values->address : low;
    high = values->address + values->size > high ? values->address + values->size : high;
  }
  if (low >= high)
    return;
  uint8_t *own = aligned_alloc(4096, (high - low + 4095) & ~(uint64_t)4095);
  if (!own)
    refuse("no memory");
  /* The segment has zeros where the values are zeros. */
  memcpy(own, (void *)(low + slide), high - low);
  for (unsigned i = 0; i < section_count; i++) {
    if (kind(sections[i]) != VARIABLES)
      continue;
    uint64_t *descriptor = (uint64_t *)(sections[i]->address + slide);
    for (uint64_t count = sections[i]->size / 24; count; count--, descriptor += 3)
      descriptor[2] += (uint64_t)own;
  }
}

/* Functions that run before the program, with its arguments. */
static void construct(int count, char **arguments, char **apple) {
  for (unsigned i = 0; i < section_count; i++) {
    if (kind(sections[i]) != CONSTRUCTORS)
      continue;
    void (**constructor)(int, char **, char **, char **) = (void *)(sections[i]->address + slide);
    for (uint64_t left = sections[i]->size / 8; left; left--)
      (*constructor++)(count, arguments, environ, apple);
  }
}

static void map(void) {
  uint64_t low = UINT64_MAX, high = 0;
  for (unsigned i = 0; i < segment_count; i++) {
    /* What nobody may touch: the first 4 GiB. */
    if (!segments[i]->most_access)
      continue;
    if (segments[i]->address < low)
      low = segments[i]->address;
    if (segments[i]->address + segments[i]->size > high)
      high = segments[i]->address + segments[i]->size;
  }
  uint8_t *memory = mmap(NULL, high - low, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    refuse("no memory: %m");
  slide = (uint64_t)memory - low;
  for (unsigned i = 0; i < segment_count; i++)
    if (segments[i]->most_access)
      memcpy((void *)(segments[i]->address + slide), file + segments[i]->offset, segments[i]->in_file);
}

/* Darwin's bits of access are Linux's. */
static void protect(void) {
  for (unsigned i = 0; i < segment_count; i++) {
    void *at = (void *)(segments[i]->address + slide);
    if (segments[i]->most_access && mprotect(at, segments[i]->size, segments[i]->access))
      refuse("segment %.16s: %m", segments[i]->name);
    if (segments[i]->access & PROT_EXEC)
      __builtin___clear_cache(at, (char *)at + segments[i]->size);
  }
}

int main(int count, char **arguments) {
  if (count < 2)
    refuse("no program");
  int descriptor = open(arguments[1], O_RDONLY);
  struct stat facts;
  if (descriptor < 0 || fstat(descriptor, &facts))
    refuse("%s: %m", arguments[1]);
  file = mmap(NULL, facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (file == MAP_FAILED)
    refuse("%s: %m", arguments[1]);
  const struct header *header = (const struct header *)file;
  if (header->magic != MAGIC || header->processor != PROCESSOR || header->kind != EXECUTABLE)
    refuse("%s is no program for macOS on this processor", arguments[1]);

  const struct fixups *fixups = NULL;
  const struct entry *entry = NULL;
  int is_signed = 0;
  const uint8_t *at = (const uint8_t *)(header + 1);
  for (uint32_t i = 0; i < header->commands; i++) {
    const struct command *command = (const struct command *)at;
    at += command->bytes;
    switch (command->kind) {
    case SEGMENT:
      if (segment_count == 16)
        refuse("too many segments");
      segments[segment_count++] = (struct segment *)command;
      const struct section *section = (const struct section *)(segments[segment_count - 1] + 1);
      for (uint32_t left = segments[segment_count - 1]->sections; left; left--) {
        if (section_count == 64)
          refuse("too many sections");
        sections[section_count++] = section++;
      }
      break;
    case FIXUPS: fixups = (const struct fixups *)command; break;
    case ENTRY: entry = (const struct entry *)command; break;
    case SIGNATURE: is_signed = 1; break;
    case SYMBOLS: case DYNAMIC_SYMBOLS: case LIBRARY: case LINKER: case UUID: case FUNCTION_STARTS: case DATA_IN_CODE:
    case SOURCE_VERSION: case BUILD_VERSION:
      break;
    default: refuse("a command %#x", command->kind);
    }
  }
  if (!entry || !fixups)
    refuse("no entry, or no fixups of the form that systems before macOS 12 know");
#ifdef __aarch64__
  if (!is_signed)
    refuse("no signature, without which Apple silicon runs nothing");
#endif
  (void)is_signed;

  map();
  relocate(fixups->pointers);
  bind(fixups->binds, 0);
  bind(fixups->lazy, 1);
  if (fixups->weak.bytes)
    refuse("weak bindings");
  make_variables();
  protect();
  uint64_t text = 0;
  for (unsigned i = 0; i < segment_count; i++)
    if (!strncmp(segments[i]->name, "__TEXT", 16))
      text = segments[i]->address + slide;
  int (*program)(int, char **, char **, char **);
  text += entry->offset;
  memcpy(&program, &text, sizeof text);
  char *apple[] = { arguments[1], NULL };
  construct(count - 1, arguments + 1, apple);
  exit(program(count - 1, arguments + 1, environ, apple));
}
