#include <cmath>
#include <nlohmann/json.hpp>

#include "chain/report/report.h"

namespace sealyard::report {
namespace {

using Json = nlohmann::ordered_json;

/// To a millionth: nobody wants 0.00027777777777777778.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json amounts_json(const Amounts& a) {
  return {{"core_seconds", a.core_s},
          {"gpu_seconds", a.gpu_s},
          {"mib_seconds", a.mib_s},
          {"core_hours", rounded(a.core_hours())},
          {"gpu_hours", rounded(a.gpu_hours())},
          {"gib_hours", rounded(a.gib_hours())}};
}

Json quantiles_json(const Quantiles& q) {
  if (q.count == 0) return nullptr;
  return {{"count", q.count}, {"p50", q.p50}, {"p90", q.p90}, {"max", q.max}};
}

Json cost_json(const Cost& cost) {
  return {{"cores", rounded(cost.cores)},
          {"gpus", rounded(cost.gpus)},
          {"memory", rounded(cost.memory)},
          {"sum", rounded(cost.sum())}};
}

Json head_json(const Line& line) {
  Json out = Json::object();
  if (line.sector) {
    out["miner"] = line.sector->miner;
    out["sector"] = line.sector->number;
    out["proof_type"] = line.proof_type;
    out["state"] = line.state;
  }
  if (line.shared) out["sector"] = nullptr;
  if (!line.stage.empty()) out["stage"] = line.stage;
  return out;
}

Json use_json(const Line& line) {
  Json out = head_json(line);
  out["sectors"] = line.sectors;
  out["runs"] = line.runs;
  out["retries"] = line.retries;
  out["preempted"] = line.preempted;
  out["failed"] = line.failed;
  out.update(amounts_json(line.used));
  out["lost"] = amounts_json(line.lost);
  out["queue_s"] = quantiles_json(line.queue);
  out["run_s"] = quantiles_json(line.run);
  return out;
}

Json price_json(const Line& line, const settings::Prices& prices) {
  Json out = head_json(line);
  out["cost"] = cost_json(cost(line.used, prices));
  out["lost"] = cost_json(cost(line.lost, prices));
  return out;
}

}  // namespace

Json json(const Report& report, View view, const settings::Prices& prices) {
  const auto one = [&](const Line& line) {
    return view == View::cost ? price_json(line, prices) : use_json(line);
  };
  Json rows = Json::array();
  for (const auto& line : view == View::stages ? report.stages : report.sectors)
    rows.push_back(one(line));
  if (view == View::sectors) {  // both lists are in order of the sectors
    std::size_t row = 0;
    for (const auto& line : report.sector_stages) {
      while (report.sectors[row].sector != line.sector) ++row;
      rows[row]["stages"].push_back(one(line));
    }
  }
  Json out{{"since", report.scope.since}, {"until", report.scope.until}};
  if (view == View::cost)
    out["prices"] = {{"core_hour", prices.core_hour},
                     {"gpu_hour", prices.gpu_hour},
                     {"gib_hour", prices.gib_hour},
                     {"currency", prices.currency}};
  out["rows"] = std::move(rows);
  out["total"] = one(report.total);
  return out;
}

}  // namespace sealyard::report
