/* Runs a program for 64-bit macOS on Linux of the same processor, for the test suite: `load PROGRAM ARGUMENT...`
 *
 * It does what Apple's kernel and dyld do for a program that needs libSystem only, and libraries beside itself that do: maps the
 * segments, never at the address they were linked for, adds what they lie off by to the pointers in them, binds libSystem's
 * functions to those of this machine's C library, makes the variables of the only thread, and calls constructors, `main` and
 * destructors. Where the two systems differ in the numbers and structures of a function that the runtime calls, a function here
 * translates; one that takes a variable number of arguments is refused.
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
struct library { struct command command; uint32_t name, time, version, oldest; };
struct table { uint32_t offset, bytes; };
struct fixups { struct command command; struct table pointers, binds, weak, lazy, exports; };

enum {
  MAGIC = 0xfeedfacf, EXECUTABLE = 2, LIBRARY_FILE = 6, MUST_UNDERSTAND = 0x80000000,
  SYMBOLS = 2, DYNAMIC_SYMBOLS = 0xb, LIBRARY = 0xc, OWN_NAME = 0xd, LINKER = 0xe, SEGMENT = 0x19, UUID = 0x1b, SIGNATURE = 0x1d,
  FUNCTION_STARTS = 0x26, DATA_IN_CODE = 0x29, SOURCE_VERSION = 0x2a, BUILD_VERSION = 0x32,
  FIXUPS = MUST_UNDERSTAND | 0x22, ENTRY = MUST_UNDERSTAND | 0x28,
  CONSTRUCTORS = 9, DESTRUCTORS = 0xa, FIRST_VALUES = 0x11, FIRST_ZEROS = 0x12, VARIABLES = 0x13,
#if defined __x86_64__
  PROCESSOR = 0x01000007,
#elif defined __aarch64__
  PROCESSOR = 0x0100000c,
#endif
};

/* A program or a library. */
struct image {
  const uint8_t *file;
  struct segment *segments[16];
  unsigned segment_count;
  const struct section *sections[64];
  unsigned section_count;
  /* How far from the addresses in the file everything lies. */
  uint64_t slide;
  const struct fixups *fixups;
  const struct entry *entry;
  /* What it is linked with, by number; libSystem is none of them. */
  struct image *libraries[8];
  unsigned library_count;
};

static struct image images[8];
static unsigned image_count;

static unsigned kind(const struct section *section) { return section->flags & 0xff; }

static uint64_t *place(struct image *in, unsigned segment, uint64_t offset) {
  if (segment >= in->segment_count || offset + 8 > in->segments[segment]->size)
    refuse("a fixup at %#llx of segment %u, which is not there", (unsigned long long)offset, segment);
  return (uint64_t *)(in->segments[segment]->address + in->slide + offset);
}

/* The segment that begins with the file. */
static uint64_t start(const struct image *in) {
  for (unsigned i = 0; i < in->segment_count; i++)
    if (!strncmp(in->segments[i]->name, "__TEXT", 16))
      return in->segments[i]->address + in->slide;
  refuse("no code");
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

/* What a library has under a name: each node of a tree tells what it has itself, and by which next letters there are others. */
static void *exported(const struct image *in, const char *symbol) {
  const uint8_t *tree = in->file + in->fixups->exports.offset, *at = tree;
  const char *rest = symbol;
  while (in->fixups->exports.bytes) {
    uint64_t bytes = number(&at);
    if (!*rest && bytes) {
      if (number(&at))
        refuse("`%s` is exported in a way that is not known", symbol);
      return (void *)(start(in) + number(&at));
    }
    at += bytes;
    unsigned left = *at++;
    const uint8_t *next = NULL;
    for (; left && !next; left--) {
      const char *letters = (const char *)at;
      size_t count = strlen(letters);
      at += count + 1;
      uint64_t node = number(&at);
      if (!strncmp(rest, letters, count)) {
        rest += count;
        next = tree + node;
      }
    }
    if (!next)
      break;
    at = next;
  }
  refuse("a library has no `%s`", symbol);
}

/* Pointers into the image itself. */
static void relocate(struct image *in, struct table table) {
  const uint8_t *at = in->file + table.offset, *end = at + table.bytes;
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
      *place(in, segment, offset) += in->slide;
  }
}

/* Pointers into libraries. Those of functions that are called are in a table of their own, for which the end of one is not
 * that of all. */
static void bind(struct image *in, struct table table, int is_lazy) {
  const uint8_t *at = in->file + table.offset, *end = at + table.bytes;
  unsigned segment = 0;
  uint64_t offset = 0;
  const char *symbol = NULL;
  uint64_t library = 0;
  while (at < end) {
    uint8_t operation = *at & 0xf0, small = *at++ & 0xf;
    uint64_t count = 0, gap = 0;
    switch (operation) {
    case 0x00: if (!is_lazy) return; break;
    case 0x10: library = small; break;
    case 0x20: library = number(&at); break;
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
      if (!symbol || !library || library > in->library_count)
        refuse("a binding to nothing");
      const struct image *from = in->libraries[library - 1];
      *place(in, segment, offset) = (uint64_t)(from ? exported(from, symbol) : function(symbol));
    }
  }
}

static void make_variables(struct image *in) {
  uint64_t low = UINT64_MAX, high = 0;
  for (unsigned i = 0; i < in->section_count; i++) {
    const struct section *values = in->sections[i];
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
  memcpy(own, (void *)(low + in->slide), high - low);
  for (unsigned i = 0; i < in->section_count; i++) {
    if (kind(in->sections[i]) != VARIABLES)
      continue;
    uint64_t *descriptor = (uint64_t *)(in->sections[i]->address + in->slide);
    for (uint64_t count = in->sections[i]->size / 24; count; count--, descriptor += 3)
      descriptor[2] += (uint64_t)own;
  }
}

/* Functions that run before the program, with its arguments. */
static void construct(const struct image *in, int count, char **arguments, char **apple) {
  for (unsigned i = 0; i < in->section_count; i++) {
    if (kind(in->sections[i]) != CONSTRUCTORS)
      continue;
    void (**constructor)(int, char **, char **, char **) = (void *)(in->sections[i]->address + in->slide);
    for (uint64_t left = in->sections[i]->size / 8; left; left--)
      (*constructor++)(count, arguments, environ, apple);
  }
}

/* Functions that run behind the program, those of what was loaded last first. */
static void destruct(void) {
  for (unsigned image = image_count; image--; )
    for (unsigned i = images[image].section_count; i--; ) {
      const struct section *section = images[image].sections[i];
      void (**destructors)(void) = (void *)(section->address + images[image].slide);
      for (uint64_t left = kind(section) == DESTRUCTORS ? section->size / 8 : 0; left--; )
        destructors[left]();
    }
}

static void map(struct image *in) {
  uint64_t low = UINT64_MAX, high = 0;
  for (unsigned i = 0; i < in->segment_count; i++) {
    /* What nobody may touch: the first 4 GiB. */
    if (!in->segments[i]->most_access)
      continue;
    if (in->segments[i]->address < low)
      low = in->segments[i]->address;
    if (in->segments[i]->address + in->segments[i]->size > high)
      high = in->segments[i]->address + in->segments[i]->size;
  }
  uint8_t *memory = mmap(NULL, high - low, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    refuse("no memory: %m");
  in->slide = (uint64_t)memory - low;
  for (unsigned i = 0; i < in->segment_count; i++)
    if (in->segments[i]->most_access)
      memcpy((void *)(in->segments[i]->address + in->slide), in->file + in->segments[i]->offset, in->segments[i]->in_file);
}

/* Darwin's bits of access are Linux's. */
static void protect(const struct image *in) {
  for (unsigned i = 0; i < in->segment_count; i++) {
    void *at = (void *)(in->segments[i]->address + in->slide);
    if (in->segments[i]->most_access && mprotect(at, in->segments[i]->size, in->segments[i]->access))
      refuse("segment %.16s: %m", in->segments[i]->name);
    if (in->segments[i]->access & PROT_EXEC)
      __builtin___clear_cache(at, (char *)at + in->segments[i]->size);
  }
}

/* A file of that kind, ready but for its constructors, and before it the libraries that it is linked with. */
static struct image *load(const char *path, uint32_t wanted) {
  struct image in = { 0 };
  int descriptor = open(path, O_RDONLY);
  struct stat facts;
  if (descriptor < 0 || fstat(descriptor, &facts))
    refuse("%s: %m", path);
  in.file = mmap(NULL, facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (in.file == MAP_FAILED)
    refuse("%s: %m", path);
  const struct header *header = (const struct header *)in.file;
  if (header->magic != MAGIC || header->processor != PROCESSOR || header->kind != wanted)
    refuse("%s is no program or library for macOS on this processor", path);

  int is_signed = 0;
  const uint8_t *at = (const uint8_t *)(header + 1);
  for (uint32_t i = 0; i < header->commands; i++) {
    const struct command *command = (const struct command *)at;
    at += command->bytes;
    switch (command->kind) {
    case SEGMENT:
      if (in.segment_count == 16)
        refuse("too many segments");
      in.segments[in.segment_count++] = (struct segment *)command;
      const struct section *section = (const struct section *)(in.segments[in.segment_count - 1] + 1);
      for (uint32_t left = in.segments[in.segment_count - 1]->sections; left; left--) {
        if (in.section_count == 64)
          refuse("too many sections");
        in.sections[in.section_count++] = section++;
      }
      break;
    case LIBRARY: {
      const char *name = (const char *)command + ((const struct library *)command)->name;
      if (in.library_count == 8 || image_count == 7)
        refuse("too many libraries");
      struct image *library = NULL;
      if (!strncmp(name, "@rpath/", 7)) {
        char beside[4096];
        const char *slash = strrchr(path, '/');
        snprintf(beside, sizeof beside, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name + 7);
        library = load(beside, LIBRARY_FILE);
      } else if (strcmp(name, "/usr/lib/libSystem.B.dylib")) {
        refuse("a library %s", name);
      }
      in.libraries[in.library_count++] = library;
      break;
    }
    case FIXUPS: in.fixups = (const struct fixups *)command; break;
    case ENTRY: in.entry = (const struct entry *)command; break;
    case SIGNATURE: is_signed = 1; break;
    case SYMBOLS: case DYNAMIC_SYMBOLS: case OWN_NAME: case LINKER: case UUID: case FUNCTION_STARTS: case DATA_IN_CODE:
    case SOURCE_VERSION: case BUILD_VERSION:
      break;
    default: refuse("a command %#x", command->kind);
    }
  }
  if (!in.fixups || (wanted == EXECUTABLE && !in.entry))
    refuse("no entry, or no fixups of the form that systems before macOS 12 know");
#ifdef __aarch64__
  if (!is_signed)
    refuse("no signature, without which Apple silicon runs nothing");
#endif
  (void)is_signed;

  map(&in);
  relocate(&in, in.fixups->pointers);
  bind(&in, in.fixups->binds, 0);
  bind(&in, in.fixups->lazy, 1);
  if (in.fixups->weak.bytes)
    refuse("weak bindings");
  make_variables(&in);
  protect(&in);
  images[image_count] = in;
  return &images[image_count++];
}

int main(int count, char **arguments) {
  if (count < 2)
    refuse("no program");
  const struct image *own = load(arguments[1], EXECUTABLE);
  int (*program)(int, char **, char **, char **);
  uint64_t text = start(own) + own->entry->offset;
  memcpy(&program, &text, sizeof text);
  char *apple[] = { arguments[1], NULL };
  atexit(destruct);
  for (unsigned i = 0; i < image_count; i++)
    construct(&images[i], count - 1, arguments + 1, apple);
  exit(program(count - 1, arguments + 1, environ, apple));
}
