// Calls through tables of virtual functions.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual int64_t sides() const = 0;
};

struct Circle : Shape {
    double r;
    explicit Circle(double r) : r(r) {}
    double area() const override { return 3.141592653589793 * r * r; }
    int64_t sides() const override { return 0; }
};

struct Rect : Shape {
    double w, h;
    Rect(double w, double h) : w(w), h(h) {}
    double area() const override { return w * h; }
    int64_t sides() const override { return 4; }
};

struct Triangle : Shape {
    double base, height;
    Triangle(double base, double height) : base(base), height(height) {}
    double area() const override { return base * height / 2; }
    int64_t sides() const override { return 3; }
};

int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int64_t i = 0; i < 1000; i++) {
        double x = (double)i;
        if (i % 3 == 0) shapes.push_back(std::make_unique<Circle>(x));
        else if (i % 3 == 1) shapes.push_back(std::make_unique<Rect>(x, 2.0));
        else shapes.push_back(std::make_unique<Triangle>(x, 4.0));
    }
    double area = 0;
    int64_t sides = 0;
    for (int round = 0; round < 100000; round++)
        for (auto &shape : shapes) {
            area += shape->area();
            sides += shape->sides();
        }
    printf("%.1f %lld\n", area, (long long)sides);
}
