#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void quicksort(int64_t *xs, int64_t from, int64_t to) {
    if (to - from < 2) return;
    int64_t pivot = xs[(from + to) / 2], i = from, j = to - 1;
    while (i <= j) {
        while (xs[i] < pivot) i++;
        while (xs[j] > pivot) j--;
        if (i <= j) {
            int64_t t = xs[i];
            xs[i] = xs[j];
            xs[j] = t;
            i++;
            j--;
        }
    }
    quicksort(xs, from, j + 1);
    quicksort(xs, i, to);
}

int main(void) {
    int64_t n = 3000000;
    int64_t *xs = malloc(n * sizeof *xs);
    uint64_t state = 1;
    for (int64_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        xs[i] = state >> 33;
    }
    quicksort(xs, 0, n);
    uint64_t sum = 0;
    for (int64_t i = 0; i < n; i++) sum = sum * 31 + xs[i];
    printf("%llu\n", (unsigned long long)sum);
    free(xs);
    return 0;
}
