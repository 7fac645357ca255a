// Text from parts: appending, numbers, and pieces joined.
#include <cstdint>
#include <cstdio>
#include <string>

int main() {
    int64_t total = 0;
    uint64_t hash = 0;
    for (int round = 0; round < 40; round++) {
        std::string out;
        for (int64_t i = 0; i < 50000; i++) {
            out += "item ";
            out += std::to_string(i);
            out += ": ";
            out += std::to_string(i * round);
            out += (i % 3 == 0) ? " fizz" : " plain";
            out += "\n";
        }
        total += out.size();
        for (size_t i = 0; i < out.size(); i += 1000) hash = hash * 31 + (unsigned char)out[i];
    }
    printf("%lld %llu\n", (long long)total, (unsigned long long)hash);
}
