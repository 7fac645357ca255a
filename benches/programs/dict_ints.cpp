// Counts numbers in a hash table of integers.
#include <cstdint>
#include <cstdio>
#include <unordered_map>

int main() {
    std::unordered_map<int64_t, int64_t> counts;
    uint64_t state = 42;
    for (int i = 0; i < 10000000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        counts[(int64_t)(state >> 44)] += 1;
    }
    int64_t best = 0;
    for (auto &[key, count] : counts)
        if (count > best) best = count;
    auto found = counts.find(12345);
    printf("%zu %lld %lld\n", counts.size(), (long long)best, found == counts.end() ? 0LL : (long long)found->second);
    int64_t removed = 0;
    for (int64_t key = 0; key < 500000; key++) {
        auto at = counts.find(key);
        if (at == counts.end()) continue;
        removed += at->second;
        counts.erase(at);
    }
    printf("%zu %lld\n", counts.size(), (long long)removed);
}
