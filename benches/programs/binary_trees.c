#include <stdio.h>
#include <stdlib.h>

struct tree {
    struct tree *left, *right;
};

static struct tree *grow(long depth) {
    struct tree *tree = malloc(sizeof *tree);
    if (!tree) abort();
    tree->left = depth ? grow(depth - 1) : NULL;
    tree->right = depth ? grow(depth - 1) : NULL;
    return tree;
}

static long count(const struct tree *tree) {
    return 1 + (tree->left ? count(tree->left) : 0) + (tree->right ? count(tree->right) : 0);
}

static void drop(struct tree *tree) {
    if (tree->left) drop(tree->left);
    if (tree->right) drop(tree->right);
    free(tree);
}

static long count_and_drop(struct tree *tree) {
    long nodes = count(tree);
    drop(tree);
    return nodes;
}

int main(void) {
    long deepest = 18;
    printf("stretch tree of depth %ld has %ld nodes\n", deepest + 1, count_and_drop(grow(deepest + 1)));
    struct tree *long_lived = grow(deepest);
    for (long depth = 4; depth <= deepest; depth += 4) {
        long times = 1L << (deepest - depth + 4), nodes = 0;
        for (long i = 0; i < times; i++) nodes += count_and_drop(grow(depth));
        printf("%ld trees of depth %ld have %ld nodes\n", times, depth, nodes);
    }
    printf("long-lived tree of depth %ld has %ld nodes\n", deepest, count_and_drop(long_lived));
    return 0;
}
