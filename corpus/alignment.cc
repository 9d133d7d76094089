#include "cohort/corpus/alignment.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace cohort {
namespace {

using Numbers = std::span<const int>;

struct Point {
  std::size_t a = 0;
  std::size_t b = 0;
};

// How far the paths with so many differences reach, by diagonal (steps in `a`
// less steps in `b`), from one corner of the rectangle.
class Reach {
 public:
  static constexpr std::ptrdiff_t kNowhere = -1;

  Reach(Numbers a, Numbers b, bool from_end)
      : a_(a), b_(b), from_end_(from_end) {}

  // The next number of differences; 0 first.
  void Grow() {
    ++differences_;
    // One diagonal more on each side, and one to look at behind it.
    rows_.insert(rows_.begin(), kNowhere);
    rows_.push_back(kNowhere);
    const std::ptrdiff_t d = differences_;
    for (std::ptrdiff_t k = -d; k <= d; k += 2) Step(k);
  }

  // Steps in `a`.
  std::ptrdiff_t On(std::ptrdiff_t diagonal) const {
    if (diagonal < -differences_ || diagonal > differences_) return kNowhere;
    // Of the other parity are the paths with one difference less.
    if ((diagonal - differences_) % 2 != 0) return kNowhere;
    return At(diagonal);
  }

  std::ptrdiff_t differences() const { return differences_; }

 private:
  std::ptrdiff_t& At(std::ptrdiff_t k) {
    return rows_[static_cast<std::size_t>(k + differences_ + 1)];
  }
  std::ptrdiff_t At(std::ptrdiff_t k) const {
    return rows_[static_cast<std::size_t>(k + differences_ + 1)];
  }

  bool IsEqual(std::ptrdiff_t x, std::ptrdiff_t y) const {
    const auto i = static_cast<std::size_t>(x);
    const auto j = static_cast<std::size_t>(y);
    if (from_end_) return a_[a_.size() - 1 - i] == b_[b_.size() - 1 - j];
    return a_[i] == b_[j];
  }

  void Step(std::ptrdiff_t k) {
    const auto width = static_cast<std::ptrdiff_t>(a_.size());
    const auto height = static_cast<std::ptrdiff_t>(b_.size());
    std::ptrdiff_t x = kNowhere;
    if (differences_ == 0) {
      x = 0;
    } else {
      const std::ptrdiff_t right = At(k - 1);
      if (right != kNowhere && right < width) x = right + 1;
      const std::ptrdiff_t down = At(k + 1);
      if (down != kNowhere && down - k <= height) x = std::max(x, down);
    }
    if (x != kNowhere) {
      while (x < width && x - k < height && IsEqual(x, x - k)) ++x;
    }
    At(k) = x;
  }

  Numbers a_;
  Numbers b_;
  bool from_end_;
  std::ptrdiff_t differences_ = -1;
  // Of the diagonals from -(differences + 1) to differences + 1.
  std::vector<std::ptrdiff_t> rows_ = {kNowhere};
};

// A point on a path with the fewest differences, about half-way. `a` and `b`
// are not empty and differ in their first and in their last word.
Point Middle(Numbers a, Numbers b) {
  const auto width = static_cast<std::ptrdiff_t>(a.size());
  const auto height = static_cast<std::ptrdiff_t>(b.size());
  Reach forth(a, b, false);
  Reach back(a, b, true);
  const auto point = [](std::ptrdiff_t x, std::ptrdiff_t k) {
    return Point{static_cast<std::size_t>(x), static_cast<std::size_t>(x - k)};
  };
  while (true) {
    forth.Grow();
    const std::ptrdiff_t d = forth.differences();
    Point furthest;
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      const std::ptrdiff_t x = forth.On(k);
      if (x == Reach::kNowhere) continue;
      const std::ptrdiff_t met = back.On(width - height - k);
      if (met != Reach::kNowhere && x + met >= width) return point(x, k);
      const Point here = point(x, k);
      if (here.a + here.b > furthest.a + furthest.b) furthest = here;
    }
    if (d > static_cast<std::ptrdiff_t>(kDifferencesMax)) return furthest;
    back.Grow();
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      const std::ptrdiff_t x = back.On(k);
      if (x == Reach::kNowhere) continue;
      const std::ptrdiff_t met = forth.On(width - height - k);
      if (met == Reach::kNowhere || x + met < width) continue;
      return point(width - x, width - height - k);
    }
  }
}

class Aligner {
 public:
  Aligner(Numbers a, Numbers b) : a_(a), b_(b) {}

  std::vector<AlignedPart> Take() {
    Align({0, 0}, {a_.size(), b_.size()});
    Flush();
    return std::move(parts_);
  }

 private:
  void Align(Point from, Point to) {
    while (true) {
      Point begin = from;
      while (from.a < to.a && from.b < to.b && a_[from.a] == b_[from.b]) {
        ++from.a;
        ++from.b;
      }
      AddBoth(begin, from.a - begin.a);
      Point end = to;
      while (end.a > from.a && end.b > from.b &&
             a_[end.a - 1] == b_[end.b - 1]) {
        --end.a;
        --end.b;
      }
      if (from.a == end.a || from.b == end.b) {
        AddOnly(from, end);
        AddBoth(end, to.a - end.a);
        return;
      }
      const Point middle = Middle(a_.subspan(from.a, end.a - from.a),
                                  b_.subspan(from.b, end.b - from.b));
      const Point split = {from.a + middle.a, from.b + middle.b};
      Align(from, split);
      from = split;
    }
  }

  void AddBoth(Point at, std::size_t count) {
    if (count == 0) return;
    Flush();
    if (!parts_.empty() && parts_.back().side == Side::kBoth) {
      parts_.back().count += count;
      return;
    }
    parts_.push_back({Side::kBoth, at.a, at.b, count});
  }

  // Differences are held back, so that neighbouring ones become one part for
  // each side.
  void AddOnly(Point from, Point to) {
    if (!held_) held_ = {from, from};
    held_->to.a += to.a - from.a;
    held_->to.b += to.b - from.b;
  }

  void Flush() {
    if (!held_) return;
    const auto [from, to] = *held_;
    held_.reset();
    if (to.a > from.a) {
      parts_.push_back({Side::kA, from.a, from.b, to.a - from.a});
    }
    if (to.b > from.b) {
      parts_.push_back({Side::kB, to.a, from.b, to.b - from.b});
    }
  }

  struct Held {
    Point from;
    Point to;
  };

  Numbers a_;
  Numbers b_;
  std::optional<Held> held_;
  std::vector<AlignedPart> parts_;
};

std::vector<int> Numbered(std::span<const std::string> words,
                          std::map<std::string_view, int>& numbers) {
  std::vector<int> list;
  list.reserve(words.size());
  for (const std::string& word : words) {
    const int next = static_cast<int>(numbers.size());
    list.push_back(numbers.try_emplace(word, next).first->second);
  }
  return list;
}

}  // namespace

std::vector<AlignedPart> Align(std::span<const std::string> a,
                               std::span<const std::string> b) {
  std::map<std::string_view, int> numbers;
  const std::vector<int> of_a = Numbered(a, numbers);
  const std::vector<int> of_b = Numbered(b, numbers);
  return Aligner(of_a, of_b).Take();
}

}  // namespace cohort
