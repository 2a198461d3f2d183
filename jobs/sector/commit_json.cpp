// Source of names and order: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/params.rs,
// Proof, ReplicaColumnProof; column.rs, column_proof.rs, labeling_proof.rs, encoding_proof.rs;
// storage-proofs-core/src/merkle/proof.rs, ProofData.
#include "jobs/sector/commit_json.h"

#include <array>

namespace sealyard::sector {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;

// "0" .. "255": nearly all of the text are bytes as numbers.
std::array<std::string, 256> byte_texts() {
  std::array<std::string, 256> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = std::to_string(i);
  return texts;
}

class Writer {
 public:
  explicit Writer(const TextSink& sink) : sink_(sink) {}

  void all(const C1Output& output) {
    head(output.porep);
    text(R"("vanilla_proofs":{")" + output.porep.size_key() + R"(":)");
    list(output.partitions, [&](const auto& partition) {
      list(partition, [&](const auto& proof) {
        this->proof(proof);
        flush(kPieceBytes);
      });
    });
    text("}");
    named_node("comm_r", output.comm_r);
    named_node("comm_d", output.comm_d);
    named_node("replica_id", output.replica_id);
    named_node("seed", output.seed);
    named_node("ticket", output.ticket);
    text("}");
    flush(0);
  }

 private:
  void text(std::string_view some) { out_ += some; }
  void number(std::uint64_t value) { out_ += std::to_string(value); }
  void flush(std::size_t above) {
    if (out_.size() <= above) return;
    sink_(out_);
    out_.clear();
  }
  template <typename List, typename One>
  void list(const List& items, One&& one) {
    char before = '[';
    for (const auto& item : items) {
      out_ += before;
      one(item);
      before = ',';
    }
    if (before == '[') out_ += before;
    out_ += ']';
  }
  void node(const Node& node) {
    list(node.bytes, [&](std::uint8_t byte) { out_ += bytes_[byte]; });
  }
  void named_node(std::string_view name, const Node& value) {
    text(",\"");
    text(name);
    text("\":");
    node(value);
  }
  void nodes(std::span<const Node> some) {
    list(some, [&](const Node& one) { node(one); });
  }

  void head(const PorepConfig& porep) {
    text(R"({"registered_proof":)");
    if (porep.registered) return text('"' + porep.name() + "\",");
    text("null");
    named_node("porep_id", porep.porep_id);
    text(R"(,"sector_bytes":)");
    number(porep.sector_bytes);
    text(R"(,"api_version":")" + std::string(sealyard::text(porep.api)) + "\",");
  }

  void path(const tree::Path& path) {
    text(R"({"path":[)");
    for (std::size_t level = 0; level < path.levels(); ++level) {
      text(level == 0 ? R"({"hashes":)" : R"(,{"hashes":)");
      nodes(path.siblings_at(level));
      text(R"(,"index":)");
      number(path.positions[level]);
      text("}");
    }
    text("]}");
  }

  // Single has its path last, the others have theirs first.
  void inclusion(const tree::InclusionProof& proof) {
    const bool single = proof.sub.empty();
    text(single              ? R"({"data":{"Single":{"root":)"
         : proof.top.empty() ? R"({"data":{"Sub":{"base_proof":)"
                             : R"({"data":{"Top":{"base_proof":)");
    if (!single) {
      path(proof.base);
      text(R"(,"sub_proof":)");
      path(proof.sub);
      if (!proof.top.empty()) {
        text(R"(,"top_proof":)");
        path(proof.top);
      }
      text(R"(,"root":)");
    }
    node(proof.root);
    named_node("leaf", proof.leaf);
    if (single) {
      text(R"(,"path":)");
      path(proof.base);
    }
    text("}}}");
  }

  void column(const vanilla::ColumnProof& column) {
    text(R"({"column":{"index":)");
    number(column.index);
    text(R"(,"rows":)");
    nodes(column.rows);
    text(R"(,"_h":null},"inclusion_proof":)");
    inclusion(column.inclusion);
    text("}");
  }

  void labeling(const vanilla::LabelingProof& proof) {
    text(R"({"parents":)");
    nodes(proof.parents);
    text(R"(,"layer_index":)");
    number(proof.layer_index);
    text(R"(,"node":)");
    number(proof.node);
    text("}");
  }

  void proof(const vanilla::Proof& proof) {
    const auto columns = [&](std::span<const vanilla::ColumnProof> some) {
      list(some, [&](const auto& one) { column(one); });
    };
    const std::span<const vanilla::ColumnProof> parents(proof.parents);
    const auto layers = static_cast<unsigned>(proof.column.rows.size());
    text(R"({"comm_d_proofs":)");
    inclusion(proof.comm_d);
    text(R"(,"comm_r_last_proof":)");
    inclusion(proof.comm_r_last);
    text(R"(,"replica_column_proofs":{"c_x":)");
    column(proof.column);
    text(R"(,"drg_parents":)");
    columns(parents.first(vanilla::kBaseParents));
    text(R"(,"exp_parents":)");
    columns(parents.last(vanilla::kExpanderParents));
    text(R"(},"labeling_proofs":[)");
    for (unsigned layer = 1; layer <= layers; ++layer) {
      if (layer > 1) text(",");
      labeling(vanilla::labeling(proof, layer));
    }
    text(R"(],"encoding_proof":)");
    labeling(vanilla::labeling(proof, layers));
    text("}");
  }

  const TextSink& sink_;
  const std::array<std::string, 256> bytes_ = byte_texts();
  std::string out_;
};

}  // namespace

void write_c1_json(const C1Output& output, const TextSink& sink) { Writer(sink).all(output); }

}  // namespace sealyard::sector
