#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static double *product(const double *a, const double *b, int64_t n) {
    double *c = calloc(n * n, sizeof *c);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n; k++) {
            double x = a[i * n + k];
            for (int64_t j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
        }
    return c;
}

int main(void) {
    int64_t n = 400;
    double *a = malloc(n * n * sizeof *a), *b = malloc(n * n * sizeof *b), sum = 0;
    for (int64_t i = 0; i < n * n; i++) {
        a[i] = i % 7;
        b[i] = i % 11;
    }
    for (int64_t round = 0; round < 20; round++) {
        a[round] = round;
        double *c = product(a, b, n);
        sum += c[n + round];
        free(c);
    }
    printf("%.1f\n", sum);
    free(a);
    free(b);
    return 0;
}
