// map, filter and fold with lambdas, as one would write them with the standard library.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iterator>
#include <numeric>
#include <vector>

static std::function<int64_t(int64_t)> twice(std::function<int64_t(int64_t)> f) {
    return [f](int64_t x) { return f(f(x)); };
}

int main() {
    std::vector<int64_t> xs(100000);
    std::iota(xs.begin(), xs.end(), 0);
    int64_t total = 0;
    for (int64_t round = 0; round < 300; round++) {
        std::vector<int64_t> mapped;
        mapped.reserve(xs.size());
        std::transform(xs.begin(), xs.end(), std::back_inserter(mapped), [=](int64_t x) { return x * 3 + round; });
        std::vector<int64_t> kept;
        std::copy_if(mapped.begin(), mapped.end(), std::back_inserter(kept), [](int64_t x) { return x % 2 == 0; });
        total += std::accumulate(kept.begin(), kept.end(), int64_t{0}, [](int64_t a, int64_t b) { return (a + b) % 1000003; });
    }
    auto f = twice(twice([=](int64_t x) { return (x * 7 + total) % 1000003; }));
    for (int i = 0; i < 3000000; i++) total = f(total + i);
    printf("%lld\n", (long long)total);
}
