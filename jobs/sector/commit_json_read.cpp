#include <optional>

#include "jobs/sector/commit_json.h"
#include "jobs/sector/json_pull.h"

namespace sealyard::sector {
namespace {

// Reads the proofs of one sector; sizes of every list follow from the proof type.
class ProofReader {
 public:
  ProofReader(JsonPull& json, const PorepConfig& porep)
      : json_(json),
        porep_(porep),
        data_(tree::data_tree(porep.nodes())),
        base_(tree::base_tree(porep.tree())) {}

  std::vector<std::vector<vanilla::Proof>> partitions() {
    std::vector<std::vector<vanilla::Proof>> all(porep_.partitions());
    json_.fields({porep_.size_key()}, [&](std::size_t) {
      json_.array(all.size(), "partitions", [&](std::size_t number) {
        auto& proofs = all[number];
        json_.array(porep_.challenges_per_partition(), "proofs in a partition",
                    [&](std::size_t) { proofs.push_back(proof()); });
      });
    });
    return all;
  }

 private:
  void path(tree::Path& path) {
    json_.fields({"path"}, [&](std::size_t) {
      json_.array(path.levels(), "levels in a path", [&](std::size_t level) {
        json_.fields({"hashes", "index"}, [&](std::size_t field) {
          if (field == 0) {
            const auto siblings = path.arity - 1;
            json_.array(siblings, "siblings",
                        [&](std::size_t i) { path.siblings[level * siblings + i] = json_.node(); });
          } else {
            path.positions[level] = static_cast<std::uint8_t>(number_below(path.arity, "index"));
          }
        });
      });
    });
  }

  std::uint64_t number_below(std::uint64_t end, std::string_view what) {
    const auto value = json_.number();
    if (value >= end) json_.refuse("{} {}, want below {}", what, value, end);
    return value;
  }

  tree::InclusionProof inclusion(const tree::Layout& layout, const TreeShape& shape) {
    auto proof = tree::blank_proof(layout, shape, 0);
    const auto read = [&](std::size_t field) {
      switch (field) {
        case 0:
          return void(proof.root = json_.node());
        case 1:
          return void(proof.leaf = json_.node());
        case 2:
          return path(proof.base);
        case 3:
          return path(proof.sub);
        default:
          return path(proof.top);
      }
    };
    const std::string_view kind = proof.sub.empty() ? "Single" : proof.top.empty() ? "Sub" : "Top";
    json_.fields({"data"}, [&](std::size_t) {
      json_.fields({kind}, [&](std::size_t) {
        if (kind == "Single")
          json_.fields({"root", "leaf", "path"}, read);
        else if (kind == "Sub")
          json_.fields({"root", "leaf", "base_proof", "sub_proof"}, read);
        else
          json_.fields({"root", "leaf", "base_proof", "sub_proof", "top_proof"}, read);
      });
    });
    return proof;
  }

  vanilla::ColumnProof column() {
    vanilla::ColumnProof column;
    json_.fields({"column", "inclusion_proof"}, [&](std::size_t field) {
      if (field == 1) {
        column.inclusion = inclusion(base_, porep_.tree());
        return;
      }
      json_.fields({"index", "rows", "_h"}, [&](std::size_t part) {
        if (part == 0) {
          column.index = static_cast<std::uint32_t>(number_below(porep_.nodes(), "node"));
        } else if (part == 1) {
          column.rows.resize(porep_.layers());
          json_.array(column.rows.size(), "labels in a column",
                      [&](std::size_t i) { column.rows[i] = json_.node(); });
        } else {
          json_.want_null();
        }
      });
    });
    return column;
  }

  vanilla::LabelingProof labeling() {
    vanilla::LabelingProof proof;
    json_.fields({"parents", "layer_index", "node"}, [&](std::size_t field) {
      if (field == 0)
        json_.array(vanilla::kHashedLabels, "hashed labels",
                    [&](std::size_t i) { proof.parents[i] = json_.node(); });
      else if (field == 1)
        proof.layer_index =
            static_cast<std::uint32_t>(number_below(porep_.layers() + 1, "layer_index"));
      else
        proof.node = number_below(porep_.nodes(), "node");
    });
    return proof;
  }

  void columns(vanilla::Proof& proof) {
    json_.fields({"c_x", "drg_parents", "exp_parents"}, [&](std::size_t field) {
      if (field == 0) {
        proof.column = column();
        proof.challenge = proof.column.index;
      } else if (field == 1) {
        json_.array(vanilla::kBaseParents, "drg_parents",
                    [&](std::size_t i) { proof.parents[i] = column(); });
      } else {
        json_.array(vanilla::kExpanderParents, "exp_parents",
                    [&](std::size_t i) { proof.parents[vanilla::kBaseParents + i] = column(); });
      }
    });
  }

  vanilla::Proof proof() {
    vanilla::Proof proof;
    std::vector<vanilla::LabelingProof> labels(porep_.layers());
    vanilla::LabelingProof encoding;
    json_.fields({"comm_d_proofs", "comm_r_last_proof", "replica_column_proofs", "labeling_proofs",
                  "encoding_proof"},
                 [&](std::size_t field) {
                   if (field == 0)
                     proof.comm_d = inclusion(data_, tree::whole(data_));
                   else if (field == 1)
                     proof.comm_r_last = inclusion(base_, porep_.tree());
                   else if (field == 2)
                     columns(proof);
                   else if (field == 3)
                     json_.array(labels.size(), "labeling_proofs",
                                 [&](std::size_t i) { labels[i] = labeling(); });
                   else
                     encoding = labeling();
                 });
    // Only ours ties these to the columns: the reference leaves it to the circuit.
    for (unsigned layer = 1; layer <= labels.size(); ++layer)
      if (labels[layer - 1] != vanilla::labeling(proof, layer))
        json_.refuse("challenge {}: labeling_proofs[{}] is not that of the parents' columns",
                     proof.challenge, layer - 1);
    if (encoding != labels.back())
      json_.refuse("challenge {}: encoding_proof is not the last labeling proof", proof.challenge);
    return proof;
  }

  JsonPull& json_;
  const PorepConfig& porep_;
  const tree::Layout data_, base_;
};

PorepConfig registered(const JsonPull& json, const std::string& name) {
  try {
    const auto config = parse_porep(name);
    if (config.name() == name) return config;
  } catch (const Error&) {
  }
  json.refuse("registered_proof is {}, no seal proof", name);
}

// Our own words for a size without a registered proof.
PorepConfig unregistered(std::string_view document, std::string_view what) {
  JsonPull json(document, what);
  Node id;
  std::uint64_t bytes = 0;
  std::string api;
  json.fields({"porep_id", "sector_bytes", "api_version"}, [&](std::size_t field) {
    if (field == 0)
      id = json.node();
    else if (field == 1)
      bytes = json.number();
    else
      api = json.text();
  });
  try {
    return raw_porep(bytes, id, parse_api_version(api));
  } catch (const Error& error) {
    json.refuse("{}", error.what());
  }
}

}  // namespace

C1Output parse_c1_json(std::string_view document, std::string_view what) {
  JsonPull json(document, what);
  C1Output output;
  std::optional<std::string> name;
  std::string_view proofs;
  json.fields(
      {"registered_proof", "vanilla_proofs", "comm_r", "comm_d", "replica_id", "seed", "ticket"},
      [&](std::size_t field) {
        if (field == 0) {
          if (!json.null()) name = json.text();
        } else if (field == 1) {
          proofs = json.skip();  // the proof type may come behind them
        } else {
          *std::array{&output.comm_r, &output.comm_d, &output.replica_id, &output.seed,
                      &output.ticket}[field - 2] = json.node();
        }
      });
  json.end();
  output.porep = name ? registered(json, *name) : unregistered(document, what);
  JsonPull inner(document, what, static_cast<std::size_t>(proofs.data() - document.data()));
  output.partitions = ProofReader(inner, output.porep).partitions();
  return output;
}

}  // namespace sealyard::sector
