#include "kernels/vanilla/aux_files.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/tree/layout.h"

namespace sealyard::vanilla {
namespace {

void put_u64(std::vector<std::uint8_t>& out, std::uint64_t number) {
  out.resize(out.size() + sizeof number);
  store_le(out.data() + out.size() - sizeof number, number);
}

void put_text(std::vector<std::uint8_t>& out, std::string_view text) {
  put_u64(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

void put_config(std::vector<std::uint8_t>& out, const StoreConfig& config) {
  put_text(out, config.path);
  put_text(out, config.id);
  out.push_back(config.size ? 1 : 0);
  if (config.size) put_u64(out, *config.size);
  put_u64(out, config.rows_to_discard);
}

// Reads bincode from the front; every length is checked against what is left.
class Cursor {
 public:
  explicit Cursor(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t u64() { return load_le<std::uint64_t>(take(8).data()); }

  std::string text() {
    const auto taken = take(u64());
    return std::string(taken.begin(), taken.end());
  }

  StoreConfig config() {
    StoreConfig config;
    config.path = text();
    config.id = text();
    const auto has_size = take(1)[0];
    if (has_size > 1)
      throw Error(Fault::corrupt, "t_aux: byte {} says {}, want 0 or 1", at_ - 1, has_size);
    if (has_size) config.size = u64();
    config.rows_to_discard = u64();
    return config;
  }

  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::span<const std::uint8_t> take(std::uint64_t n) {
    if (n > left())
      throw Error(Fault::corrupt, "t_aux: {} bytes, want {} more at byte {}", bytes_.size(), n,
                  at_);
    const auto taken = bytes_.subspan(at_, n);
    at_ += n;
    return taken;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::uint8_t> encode_p_aux(const PAux& aux) {
  std::vector<std::uint8_t> out(aux.comm_c.bytes.begin(), aux.comm_c.bytes.end());
  out.insert(out.end(), aux.comm_r_last.bytes.begin(), aux.comm_r_last.bytes.end());
  return out;
}

PAux decode_p_aux(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != kPAuxBytes)
    throw Error(Fault::corrupt, "p_aux: {} bytes, want {}", bytes.size(), kPAuxBytes);
  PAux aux;
  std::copy_n(bytes.begin(), kNodeBytes, aux.comm_c.bytes.begin());
  std::copy_n(bytes.begin() + kNodeBytes, kNodeBytes, aux.comm_r_last.bytes.begin());
  for (const auto* commitment : {&aux.comm_c, &aux.comm_r_last})
    if (!field::is_canonical(*commitment))
      throw Error(Fault::corrupt, "p_aux: {} is no field element, want one below r",
                  to_hex(*commitment));
  return aux;
}

TAux t_aux(const PorepConfig& config, std::string_view recorded_cache_path,
           unsigned rows_to_discard) {
  const std::string path(recorded_cache_path);
  const auto base_nodes = tree::base_tree(config.tree()).nodes();
  TAux aux;
  for (unsigned layer = 1; layer <= config.layers(); ++layer)
    aux.labels.push_back({path, fmt::format("layer-{}", layer), config.nodes(), 0});
  aux.tree_d = {path, "tree-d", tree::data_tree(config.nodes()).nodes(), 0};
  aux.tree_r_last = {path, "tree-r-last", base_nodes, rows_to_discard};
  aux.tree_c = {path, "tree-c", base_nodes, 0};
  return aux;
}

std::vector<std::uint8_t> encode_t_aux(const TAux& aux) {
  std::vector<std::uint8_t> out;
  put_u64(out, aux.labels.size());
  for (const auto& config : aux.labels) put_config(out, config);
  put_config(out, aux.tree_d);
  put_config(out, aux.tree_r_last);
  put_config(out, aux.tree_c);
  return out;
}

TAux decode_t_aux(std::span<const std::uint8_t> bytes) {
  Cursor cursor(bytes);
  TAux aux;
  for (std::uint64_t left = cursor.u64(); left > 0; --left) aux.labels.push_back(cursor.config());
  aux.tree_d = cursor.config();
  aux.tree_r_last = cursor.config();
  aux.tree_c = cursor.config();
  if (cursor.left() > 0)
    throw Error(Fault::corrupt, "t_aux: {} bytes behind the end, want none", cursor.left());
  return aux;
}

}  // namespace sealyard::vanilla
