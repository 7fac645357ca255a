#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    int64_t n = 10;
    int64_t *perm = malloc(n * 8), *next = malloc(n * 8), *count = calloc(n, 8);
    for (int64_t i = 0; i < n; i++) next[i] = i;
    int64_t most = 0, checksum = 0, r = n;
    for (int64_t turn = 0;; turn++) {
        while (r > 1) {
            count[r - 1] = r;
            r--;
        }
        for (int64_t i = 0; i < n; i++) perm[i] = next[i];
        int64_t flips = 0;
        while (perm[0] != 0) {
            int64_t k = perm[0], low = 0, high = k;
            while (low < high) {
                int64_t t = perm[low];
                perm[low] = perm[high];
                perm[high] = t;
                low++;
                high--;
            }
            flips++;
        }
        if (flips > most) most = flips;
        checksum += turn % 2 == 0 ? flips : -flips;
        for (;;) {
            if (r == n) {
                printf("%lld\nPfannkuchen(%lld) = %lld\n", (long long)checksum, (long long)n, (long long)most);
                free(perm);
                free(next);
                free(count);
                return 0;
            }
            int64_t first = next[0];
            for (int64_t i = 0; i < r; i++) next[i] = next[i + 1];
            next[r] = first;
            count[r]--;
            if (count[r] > 0) break;
            r++;
        }
    }
}
