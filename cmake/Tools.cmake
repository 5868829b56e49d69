# Optional tools that make the build faster. None of them changes what is built.

find_program(USHER_CCACHE ccache)
if(USHER_CCACHE)
  # A precompiled header makes ccache refuse a file unless it may trust the header's own checksum;
  # the working folder is left out of the hash and paths are seen from it, so that clones share their results.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${USHER_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  else()
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

find_program(USHER_MOLD mold)
if(USHER_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
