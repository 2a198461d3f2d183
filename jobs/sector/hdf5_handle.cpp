#include "jobs/sector/hdf5_handle.h"

namespace sealyard::sector::hdf5 {

void check(bool good, std::string_view what) {
  if (!good) throw Failure{std::string(what)};
}

Handle::Handle(hid_t id, herr_t (*close)(hid_t), std::string_view what) : id_(id), close_(close) {
  check(id >= 0, what);
}

Quiet::Quiet() {
  ::H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  ::H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}
Quiet::~Quiet() { ::H5Eset_auto2(H5E_DEFAULT, function_, data_); }

namespace {

Handle scalar() { return {::H5Screate(H5S_SCALAR), ::H5Sclose, "scalar space"}; }

Handle attribute(const Handle& object, const std::string& name) {
  return {::H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), ::H5Aclose, name};
}

void set_raw(const Handle& object, const std::string& name, hid_t file_type, hid_t memory_type,
             const void* value) {
  const auto space = scalar();
  const Handle made(
      ::H5Acreate2(object.id(), name.c_str(), file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
      ::H5Aclose, name);
  check(::H5Awrite(made.id(), memory_type, value) >= 0, name);
}

template <typename T>
T get_raw(const Handle& object, const std::string& name, hid_t memory_type) {
  T value{};
  check(::H5Aread(attribute(object, name).id(), memory_type, &value) >= 0, name);
  return value;
}

}  // namespace

Handle text_type(std::size_t bytes) {
  Handle type(::H5Tcopy(H5T_C_S1), ::H5Tclose, "text type");
  check(::H5Tset_size(type.id(), bytes) >= 0 && ::H5Tset_strpad(type.id(), H5T_STR_NULLPAD) >= 0 &&
            ::H5Tset_cset(type.id(), H5T_CSET_UTF8) >= 0,
        "text type");
  return type;
}

Handle open_text_type() {
  Handle type(::H5Tcopy(H5T_C_S1), ::H5Tclose, "text type");
  check(::H5Tset_size(type.id(), H5T_VARIABLE) >= 0 && ::H5Tset_cset(type.id(), H5T_CSET_UTF8) >= 0,
        "text type");
  return type;
}

void set(const Handle& object, const std::string& name, std::string_view text) {
  // HDF5 knows no text of length 0.
  std::string value(text.empty() ? std::string_view("\0", 1) : text);
  const auto type = text_type(value.size());
  set_raw(object, name, type.id(), type.id(), value.data());
}
void set(const Handle& object, const std::string& name, std::uint64_t number) {
  set_raw(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &number);
}
void set(const Handle& object, const std::string& name, double number) {
  set_raw(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &number);
}

bool has(const Handle& object, const std::string& name) {
  return ::H5Aexists(object.id(), name.c_str()) > 0;
}

std::string get_text(const Handle& object, const std::string& name) {
  const auto found = attribute(object, name);
  const Handle stored(::H5Aget_type(found.id()), ::H5Tclose, name);
  check(::H5Tget_class(stored.id()) == H5T_STRING && ::H5Tis_variable_str(stored.id()) == 0, name);
  std::string value(::H5Tget_size(stored.id()), '\0');
  check(::H5Aread(found.id(), text_type(value.size()).id(), value.data()) >= 0, name);
  value.resize(value.find_last_not_of('\0') + 1);
  return value;
}
std::uint64_t get_number(const Handle& object, const std::string& name) {
  return get_raw<std::uint64_t>(object, name, H5T_NATIVE_UINT64);
}
double get_real(const Handle& object, const std::string& name) {
  return get_raw<double>(object, name, H5T_NATIVE_DOUBLE);
}

std::map<std::string, std::string> get_texts(const Handle& object) {
  std::map<std::string, std::string> texts;
  H5O_info_t info{};
  check(::H5Oget_info(object.id(), &info) >= 0, "object");
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    char name[256] = "";
    check(::H5Aget_name_by_idx(object.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                               H5P_DEFAULT) > 0,
          "attribute name");
    texts[name] = get_text(object, name);
  }
  return texts;
}

Handle make_group(const Handle& parent, const std::string& name) {
  return {::H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          ::H5Gclose, name};
}
Handle open_group(const Handle& parent, const std::string& name) {
  return {::H5Gopen2(parent.id(), name.c_str(), H5P_DEFAULT), ::H5Gclose, name};
}

std::vector<std::string> names(const Handle& group) {
  H5G_info_t info{};
  check(::H5Gget_info(group.id(), &info) >= 0, "group");
  std::vector<std::string> list;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[256] = "";
    check(::H5Lget_name_by_idx(group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                               H5P_DEFAULT) > 0,
          "link name");
    list.emplace_back(name);
  }
  return list;
}

void write_table(const Handle& parent, const std::string& name, const Handle& type,
                 std::size_t rows, const void* records) {
  const hsize_t size = rows;
  const Handle space(::H5Screate_simple(1, &size, nullptr), ::H5Sclose, name);
  const Handle table(::H5Dcreate2(parent.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT,
                                  H5P_DEFAULT, H5P_DEFAULT),
                     ::H5Dclose, name);
  check(rows == 0 || ::H5Dwrite(table.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, records) >= 0,
        name);
}

std::size_t table_rows(const Handle& dataset) {
  const Handle space(::H5Dget_space(dataset.id()), ::H5Sclose, "table");
  const auto rows = ::H5Sget_simple_extent_npoints(space.id());
  check(rows >= 0, "table");
  return static_cast<std::size_t>(rows);
}

namespace {

constexpr std::size_t kGrowBytes = std::size_t{1} << 16;

Handle memory_access() {
  Handle access(::H5Pcreate(H5P_FILE_ACCESS), ::H5Pclose, "file access");
  check(::H5Pset_fapl_core(access.id(), kGrowBytes, 0) >= 0, "file access");
  return access;
}

}  // namespace

Handle make_file() {
  const auto access = memory_access();
  return {::H5Fcreate("manifest", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), ::H5Fclose, "file"};
}

Handle open_file(std::string_view image) {
  const auto access = memory_access();
  std::string copy(image);  // HDF5 copies it once more and wants to be able to write it
  check(::H5Pset_file_image(access.id(), copy.data(), copy.size()) >= 0, "file");
  return {::H5Fopen("manifest", H5F_ACC_RDONLY, access.id()), ::H5Fclose, "file"};
}

std::string file_image(const Handle& file) {
  check(::H5Fflush(file.id(), H5F_SCOPE_LOCAL) >= 0, "file");
  const auto bytes = ::H5Fget_file_image(file.id(), nullptr, 0);
  check(bytes > 0, "file");
  std::string image(static_cast<std::size_t>(bytes), '\0');
  check(::H5Fget_file_image(file.id(), image.data(), image.size()) == bytes, "file");
  return image;
}

}  // namespace sealyard::sector::hdf5
