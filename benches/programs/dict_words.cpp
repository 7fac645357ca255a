// Counts words in a hash table of strings.
#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
    std::vector<std::string> words;
    uint64_t state = 7;
    for (int i = 0; i < 200000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        words.push_back("word" + std::to_string((state >> 33) % 50000));
    }
    std::unordered_map<std::string, int64_t> counts;
    for (int round = 0; round < 20; round++)
        for (auto &word : words) counts[word] += 1;
    // The first of the words with the highest count, in order of appearance.
    std::string best;
    for (auto &word : words)
        if (best.empty() || counts[word] > counts[best]) best = word;
    printf("%zu %s %lld\n", counts.size(), best.c_str(), (long long)counts[best]);
}
