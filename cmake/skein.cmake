# Helpers of the build. Include paths start at the repository root, so an include shows its module.

# skein_library(sim SRCS a.cc DEPS skein::domain PRIVATE_DEPS SQLite::SQLite3)
# makes the static library skein_sim with the alias skein::sim.
function(skein_library name)
  cmake_parse_arguments(P "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(skein_${name} STATIC ${P_SRCS})
  add_library(skein::${name} ALIAS skein_${name})
  target_include_directories(skein_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(skein_${name} PUBLIC ${P_DEPS} PRIVATE skein_warnings ${P_PRIVATE_DEPS})
endfunction()

# skein_torch_library(name …) is skein_library for sources that include LibTorch. Only they see its
# headers and defines. Programs with LibTorch are linked one at a time: see skein_torch_program.
function(skein_torch_library name)
  skein_library(${name} ${ARGN})
  target_link_libraries(skein_${name} PRIVATE torch)
  target_include_directories(skein_${name} SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
endfunction()

set_property(GLOBAL PROPERTY JOB_POOLS torch_link=1)
function(skein_torch_program name)
  target_link_libraries(${name} PRIVATE torch)
  target_include_directories(${name} SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
  set_target_properties(${name} PROPERTIES JOB_POOL_LINK torch_link)
endfunction()

# skein_test(world_test SRCS world_test.cc DEPS skein::sim LABEL sim TIMEOUT 10)
# makes a GoogleTest program, one CTest entry per program.
function(skein_test name)
  cmake_parse_arguments(P "" "LABEL;TIMEOUT" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${P_SRCS})
  target_link_libraries(${name} PRIVATE ${P_DEPS} GTest::gmock GTest::gtest_main skein_warnings)
  add_test(NAME ${name} COMMAND ${name})
  if(SKEIN_SANITIZE)
    math(EXPR P_TIMEOUT "${P_TIMEOUT} * 6")
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${P_LABEL}" TIMEOUT ${P_TIMEOUT})
endfunction()

# skein_protos(proto ROOT dir PROTOS a.proto GRPC_PROTOS b.proto)
# generates C++ from protos below ROOT into a library of its own, without our warnings.
function(skein_protos name)
  cmake_parse_arguments(P "" "ROOT" "PROTOS;GRPC_PROTOS" ${ARGN})
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${generated})
  set(inputs ${P_PROTOS} ${P_GRPC_PROTOS})
  list(TRANSFORM inputs PREPEND ${P_ROOT}/)
  set(sources)
  foreach(proto IN LISTS P_PROTOS P_GRPC_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" base ${proto})
    set(outputs ${generated}/${base}.pb.cc ${generated}/${base}.pb.h)
    set(grpc_arguments)
    if(proto IN_LIST P_GRPC_PROTOS)
      list(APPEND outputs ${generated}/${base}.grpc.pb.cc ${generated}/${base}.grpc.pb.h)
      set(grpc_arguments --grpc_out=${generated}
                         --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --proto_path=${P_ROOT} --cpp_out=${generated} ${grpc_arguments}
              ${proto}
      DEPENDS ${inputs} VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(skein_${name} STATIC ${sources})
  add_library(skein::${name} ALIAS skein_${name})
  target_include_directories(skein_${name} SYSTEM PUBLIC ${generated})
  target_link_libraries(skein_${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()
