#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t sieve(int64_t limit) {
    bool *composite = calloc(limit + 1, 1);
    int64_t count = 0;
    for (int64_t i = 2; i <= limit; i++) {
        if (!composite[i]) {
            count++;
            for (int64_t j = i * i; j <= limit; j += i) composite[j] = true;
        }
    }
    free(composite);
    return count;
}

int main(void) {
    int64_t total = 0;
    for (int64_t round = 0; round < 20; round++) total += sieve(5000000 + round);
    printf("%" PRId64 "\n", total);
    return 0;
}
