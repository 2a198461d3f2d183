// Pictures of a report: SVG that stands inside the page and takes its colours from the page's
// style.
#pragma once
#include <cstddef>
#include <string>

#include "chain/report/report.h"

namespace sealyard::report::plot {

/// A bar for each stage, what preemption ended at its end; empty where there is nothing to show.
/// @param title  what is counted, "Core-hours"
std::string bars(const Report& report, const std::string& title, double (Amounts::*hours)() const);

/// Queue and run times of each stage on a logarithmic axis: median, 90 %, longest.
std::string times(const Report& report);

/// The runs of those sectors that ran last, over time; empty where nothing ran.
inline constexpr std::size_t kTimelineSectors = 30;
std::string timeline(const Report& report);

/// Names the colour of a stage in the page's style: "s0" ... "s5", "s6" for stages of no sector.
std::string colour_class(const std::string& stage);
inline constexpr std::size_t kColours = 7;

}  // namespace sealyard::report::plot
