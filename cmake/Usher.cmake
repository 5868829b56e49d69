# How a folder of this repository becomes a library, a binary or a test.
#
#   usher_library(NAME usher_core SOURCES a.cc b.cc DEPS usher_catalog [PRIVATE_DEPS third_party::sqlite3] [PCH grpc])
#   usher_binary (NAME usherd SOURCES main.cc DEPS usher_app)
#   usher_test   (NAME core_trace_test SOURCES trace_test.cc DEPS usher_core [LABELS unit] [NEEDS usherd] [TIMEOUT s])
#   usher_fuzz   (NAME catalog DEPS usher_catalog_parse)   (its source is catalog_fuzz.cc)
#   usher_bench  (NAME check_bench SOURCES check_bench.cc DEPS usher_core third_party::benchmark)
#
# SOURCES are relative to the folder. A library without SOURCES is headers only. DEPS are visible to users of the
# library, PRIVATE_DEPS are not. Includes start at the repository root: #include "server/core/fact.h".
# PCH names a precompiled header: `gtest` (what usher_test uses) or `grpc` (for users of usher_proto with
# at least three files); without it there is none.

option(USHER_WERROR "Warnings are errors" ON)
set(USHER_SANITIZE "" CACHE STRING "Value of -fsanitize, empty for none")
option(USHER_THREAD_SAFETY "Check lock annotations (clang only)" OFF)

add_library(usher_flags INTERFACE)
target_compile_features(usher_flags INTERFACE cxx_std_20)
target_compile_options(usher_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wundef
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 sees overlaps in `"a" + std::string` that cannot be (GCC PR105651)
  $<$<BOOL:${USHER_WERROR}>:-Werror>
  $<$<BOOL:${USHER_THREAD_SAFETY}>:-Wthread-safety>)
# libstdc++ 12 uses what it deprecates in std::stable_sort, and clang blames the caller; g++ still judges our own uses.
target_compile_options(usher_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(usher_flags INTERFACE "${PROJECT_SOURCE_DIR}")
# Everywhere: some packages ask for -pthread, and a precompiled header must see the same predefined macros.
target_compile_options(usher_flags INTERFACE -pthread)
target_link_libraries(usher_flags INTERFACE third_party::threads)

add_library(usher_sanitizers INTERFACE)
if(USHER_SANITIZE)
  target_compile_options(usher_sanitizers INTERFACE
    -fsanitize=${USHER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(usher_sanitizers INTERFACE -fsanitize=${USHER_SANITIZE})
endif()

# One compiled header per family; the targets that name it reuse it.
function(usher_precompiled_header family)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  set(source "${CMAKE_BINARY_DIR}/pch/${family}.cc")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Carries the precompiled header of ${family} users.\n")
  add_library(usher_pch_${family} OBJECT "${source}")
  target_link_libraries(usher_pch_${family} PRIVATE usher_flags usher_sanitizers ${ARG_DEPS})
  target_precompile_headers(usher_pch_${family} PRIVATE ${ARG_HEADERS})
endfunction()

usher_precompiled_header(gtest
  HEADERS <gmock/gmock.h> <gtest/gtest.h> <algorithm> <functional> <map> <memory> <optional> <ostream>
          <string> <string_view> <utility> <variant> <vector> <absl/status/statusor.h>
  DEPS third_party::gtest third_party::absl)
usher_precompiled_header(grpc
  HEADERS <grpcpp/grpcpp.h> <google/protobuf/message.h> <google/protobuf/map.h> <google/protobuf/repeated_ptr_field.h>
          <functional> <map> <memory> <optional> <string> <string_view> <utility> <variant> <vector>
          <absl/status/statusor.h>
  DEPS third_party::grpc third_party::absl)

function(usher_use_precompiled_header target family)
  if(family)
    target_precompile_headers(${target} REUSE_FROM usher_pch_${family})
  endif()
endfunction()

function(usher_library)
  cmake_parse_arguments(ARG "" "NAME;PCH" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT ARG_SOURCES)
    add_library(${ARG_NAME} INTERFACE)
    target_link_libraries(${ARG_NAME} INTERFACE usher_flags usher_sanitizers ${ARG_DEPS})
    return()
  endif()
  add_library(${ARG_NAME} STATIC ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PUBLIC usher_flags usher_sanitizers ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  usher_use_precompiled_header(${ARG_NAME} "${ARG_PCH}")
endfunction()

function(usher_binary)
  cmake_parse_arguments(ARG "" "NAME;PCH" "SOURCES;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE usher_flags usher_sanitizers ${ARG_DEPS})
  usher_use_precompiled_header(${ARG_NAME} "${ARG_PCH}")
endfunction()

# Tests of the label `threads` are those that the thread sanitizer can judge: they use threads and no gRPC.
add_custom_target(usher_thread_tests)

# One ctest entry per binary; `./dev test` counts the cases inside. Tests run in the repository root, so a path is
# "tests/testdata/..."; USHER_BIN_DIR holds the built programs, of which NEEDS lists the ones to build first.
function(usher_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS;NEEDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE usher_flags usher_sanitizers ${ARG_DEPS} third_party::gtest_main)
  usher_use_precompiled_header(${ARG_NAME} gtest)
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(ARG_NEEDS)
    add_dependencies(${ARG_NAME} ${ARG_NEEDS})
  endif()
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(usher_thread_tests ${ARG_NAME})
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${ARG_NAME} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "USHER_BIN_DIR=${CMAKE_BINARY_DIR}/bin")
endfunction()

# A test that replays corpus/NAME; in a build that is instrumented for it also build/PRESET/fuzz/NAME, which looks for
# more (`./dev fuzz`).
add_custom_target(usher_fuzzers)
function(usher_fuzz)
  cmake_parse_arguments(ARG "" "NAME" "DEPS" ${ARGN})
  usher_test(NAME fuzz_${ARG_NAME}_test
    SOURCES ${ARG_NAME}_fuzz.cc "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_test.cc" DEPS ${ARG_DEPS} LABELS fuzz)
  target_compile_definitions(fuzz_${ARG_NAME}_test PRIVATE USHER_FUZZ_CORPUS="tests/fuzz/corpus/${ARG_NAME}")
  if(NOT USHER_SANITIZE MATCHES "fuzzer-no-link")
    return()
  endif()
  add_executable(fuzz_${ARG_NAME} EXCLUDE_FROM_ALL
    ${ARG_NAME}_fuzz.cc "${PROJECT_SOURCE_DIR}/tests/fuzz/libfuzzer_main.cc")
  target_link_libraries(fuzz_${ARG_NAME} PRIVATE usher_flags usher_sanitizers ${ARG_DEPS})
  target_link_options(fuzz_${ARG_NAME} PRIVATE -fsanitize=fuzzer)
  set_target_properties(fuzz_${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz" OUTPUT_NAME ${ARG_NAME})
  add_dependencies(usher_fuzzers fuzz_${ARG_NAME})
endfunction()

# Programs of ./dev bench; the target usher_benches builds them.
add_custom_target(usher_benches)
function(usher_bench)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
  add_executable(${ARG_NAME} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE usher_flags usher_sanitizers ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
  add_dependencies(usher_benches ${ARG_NAME})
endfunction()
