# Every third-party library, once, under the name third_party::<name>. All of them are Debian packages
# (see `./dev setup`); nothing is downloaded by the build. tests/style/layers.txt says who may use which.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers)
find_package(CLI11 CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(rapidcheck CONFIG REQUIRED)
pkg_check_modules(SQLite3 REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(Sodium REQUIRED IMPORTED_TARGET GLOBAL libsodium)

# Debian's libraries come from g++ 12. Newer clangs mangle some constrained templates (absl::Cord has one) in a way that
# g++ 12 did not know, and would not find them at link time.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 18)
  add_compile_options(-fclang-abi-compat=17)
endif()

function(usher_third_party name)
  add_library(third_party::${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(third_party::${name} INTERFACE ${ARGN})
endfunction()

usher_third_party(absl
  absl::status absl::statusor absl::strings absl::flat_hash_map absl::flat_hash_set absl::synchronization)
usher_third_party(beast Boost::headers Threads::Threads)
usher_third_party(benchmark benchmark::benchmark)
usher_third_party(cli11 CLI11::CLI11)
usher_third_party(curl CURL::libcurl)
usher_third_party(grpc gRPC::grpc++ protobuf::libprotobuf)
usher_third_party(grpc_reflection gRPC::grpc++_reflection gRPC::grpc++)
usher_third_party(gtest GTest::gtest GTest::gmock)
usher_third_party(gtest_main GTest::gtest GTest::gmock GTest::gtest_main)
usher_third_party(openssl OpenSSL::SSL OpenSSL::Crypto)
usher_third_party(protobuf protobuf::libprotobuf)
usher_third_party(rapidcheck rapidcheck rapidcheck_gtest)
usher_third_party(simdjson simdjson::simdjson)
usher_third_party(sodium PkgConfig::Sodium)
usher_third_party(spdlog spdlog::spdlog)
usher_third_party(sqlite3 PkgConfig::SQLite3)
usher_third_party(threads Threads::Threads)
usher_third_party(yaml_cpp yaml-cpp)

find_program(USHER_PROTOC protoc REQUIRED)
find_program(USHER_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
