#include "kernels/groth16/params.h"

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/device/share.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {
namespace {

constexpr std::size_t kCountBytes = 4;

// Goes through the lists behind the verifying key.
class Lists {
 public:
  Lists(std::span<const std::uint8_t> file, std::size_t at, const std::string& name)
      : file_(file), at_(at), name_(name) {}

  template <typename Group>
  curve::EncodedPoints<Group> next(std::string_view list) {
    require(kCountBytes, list);
    const auto bytes = std::uint64_t{load_be<std::uint32_t>(file_.data() + at_)} * Group::kBytes;
    at_ += kCountBytes;
    require(bytes, list);
    at_ += bytes;
    return curve::EncodedPoints<Group>(file_.subspan(at_ - bytes, bytes));
  }
  void end() const {
    if (at_ != file_.size())
      throw Error(Fault::corrupt, "{}: {} bytes, its lists want {}; fetch or generate it again",
                  name_, file_.size(), at_);
  }

 private:
  void require(std::uint64_t bytes, std::string_view list) const {
    if (bytes > file_.size() - at_)
      throw Error(Fault::corrupt, "{}: {} bytes, list {} ends at {}; fetch or generate it again",
                  name_, file_.size(), list, at_ + bytes);
  }

  std::span<const std::uint8_t> file_;
  std::size_t at_;
  const std::string& name_;
};

template <typename Group>
void check_list(const curve::EncodedPoints<Group>& points, std::string_view file,
                std::string_view list, unsigned threads, curve::Inspection inspection) {
  device::for_ranges(threads, points.size(), 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto flaw = points.at(i, inspection).flaw;
      if (flaw != curve::Flaw::none) throw bad_point(file, list, i, flaw);
    }
  });
}

}  // namespace

QuerySizes query_sizes(const circuit::Density& density) {
  const auto& counts = density.counts();
  const unsigned log_size = ntt::log_size_for(counts.constraints + counts.inputs);
  return {.ic = counts.inputs,
          .h = (std::uint64_t{1} << log_size) - 1,
          .l = counts.aux,
          .a = density.a_points(),
          .b_g1 = density.b_points(),
          .b_g2 = density.b_points()};
}

std::uint64_t params_bytes(const QuerySizes& sizes) {
  return verifying_key_bytes(sizes.ic) + 5 * kCountBytes +
         G1::kBytes * (sizes.h + sizes.l + sizes.a + sizes.b_g1) + G2::kBytes * sizes.b_g2;
}

std::string text(const QuerySizes& sizes) {
  return fmt::format("ic {}, h {}, l {}, a {}, b_g1 {}, b_g2 {}", sizes.ic, sizes.h, sizes.l,
                     sizes.a, sizes.b_g1, sizes.b_g2);
}

Params::Params(std::span<const std::uint8_t> file, std::string name, unsigned threads)
    : name_(std::move(name)), key_(read_verifying_key_of(file, name_, threads)) {
  Lists lists(file, verifying_key_bytes(key_.ic.size()), name_);
  h_ = lists.next<G1>("h");
  l_ = lists.next<G1>("l");
  a_ = lists.next<G1>("a");
  b_g1_ = lists.next<G1>("b_g1");
  b_g2_ = lists.next<G2>("b_g2");
  lists.end();
  sizes_ = {key_.ic.size(), h_.size(), l_.size(), a_.size(), b_g1_.size(), b_g2_.size()};
}

void Params::require(const QuerySizes& circuit) const {
  if (sizes_ == circuit) return;
  throw Error(Fault::configuration, "{}: points {}; the circuit wants {}: another circuit's file?",
              name_, text(sizes_), text(circuit));
}

void Params::check_points(unsigned threads, curve::Inspection inspection) const {
  check_list(h_, name_, "h", threads, inspection);
  check_list(l_, name_, "l", threads, inspection);
  check_list(a_, name_, "a", threads, inspection);
  check_list(b_g1_, name_, "b_g1", threads, inspection);
  check_list(b_g2_, name_, "b_g2", threads, inspection);
}

Error bad_point(std::string_view file, std::string_view list, std::size_t index, curve::Flaw flaw) {
  return Error(Fault::corrupt, "{}: {}[{}] is {}; fetch or generate the file again", file, list,
               index, curve::text(flaw));
}

}  // namespace sealyard::groth16
