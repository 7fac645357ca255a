#include <inttypes.h>
#include <stdio.h>

static int64_t escape(double cx, double cy, int64_t limit) {
    double x = 0, y = 0;
    int64_t n = 0;
    while (n < limit) {
        double x2 = x * x, y2 = y * y;
        if (x2 + y2 > 4.0) break;
        y = 2.0 * x * y + cy;
        x = x2 - y2 + cx;
        n++;
    }
    return n;
}

int main(void) {
    int64_t size = 1200, total = 0;
    for (int64_t row = 0; row < size; row++)
        for (int64_t column = 0; column < size; column++)
            total += escape(3.0 * column / size - 2.0, 2.0 * row / size - 1.0, 400);
    printf("%" PRId64 "\n", total);
    return 0;
}
