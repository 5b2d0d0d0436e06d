# Writes OUTPUT, the definition of kBuildCommit (build_commit.h), for the repository at SOURCE.
# Leaves the file alone if nothing changed, so that nothing is compiled again.
function(git result output)
  execute_process(COMMAND git -C ${SOURCE} ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${result} ${status} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

git(status commit rev-parse HEAD)
if(NOT status EQUAL 0)
  set(commit unknown)
else()
  git(status changes --no-optional-locks diff --no-ext-diff --no-color --binary HEAD)
  if(NOT "${changes}" STREQUAL "")
    string(SHA1 hash "${changes}")
    string(SUBSTRING ${hash} 0 12 hash)
    string(APPEND commit -dirty-${hash})
  endif()
endif()

set(content "#include \"cli/evaluation/build_commit.h\"

namespace skein::cli {

const char* const kBuildCommit = \"${commit}\";

}  // namespace skein::cli
")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT "${old}" STREQUAL "${content}")
  file(WRITE ${OUTPUT} "${content}")
endif()
