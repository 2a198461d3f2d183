// The HDF5 C API with ownership and errors. Private to jobs/sector.
#pragma once
#include <hdf5.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealyard::sector::hdf5 {

/// An HDF5 object, closed on destruction. A negative id becomes Error{internal} when writing and
/// Error{corrupt} when reading; both are decided where the root object is made.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), std::string_view what);
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Thrown here, turned into an Error by the two functions of manifest_hdf5.h.
struct Failure {
  std::string what;
};
void check(bool good, std::string_view what);

/// HDF5 prints its error stack by itself unless told otherwise.
class Quiet {
 public:
  Quiet();
  ~Quiet();

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

Handle text_type(std::size_t bytes);  ///< fixed length, zero padded, UTF-8
Handle open_text_type();              ///< any length

void set(const Handle& object, const std::string& name, std::string_view text);
void set(const Handle& object, const std::string& name, std::uint64_t number);
void set(const Handle& object, const std::string& name, double number);
bool has(const Handle& object, const std::string& name);
std::string get_text(const Handle& object, const std::string& name);
std::uint64_t get_number(const Handle& object, const std::string& name);
double get_real(const Handle& object, const std::string& name);
std::map<std::string, std::string> get_texts(const Handle& object);  ///< all attributes

Handle make_group(const Handle& parent, const std::string& name);
Handle open_group(const Handle& parent, const std::string& name);
/// Names of the links in a group, in their order.
std::vector<std::string> names(const Handle& group);

/// A table of `rows` records laid out as `type` says.
void write_table(const Handle& parent, const std::string& name, const Handle& type,
                 std::size_t rows, const void* records);
std::size_t table_rows(const Handle& dataset);

Handle make_file();                        ///< in memory
Handle open_file(std::string_view image);  ///< in memory, read-only
std::string file_image(const Handle& file);

}  // namespace sealyard::sector::hdf5
