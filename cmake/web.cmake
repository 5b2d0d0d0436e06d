# How the pages of web/ are bundled: with esbuild and the packages of the lock, installed once.
find_program(NODE NAMES node nodejs REQUIRED)
find_program(NPM npm REQUIRED)

set(web ${PROJECT_SOURCE_DIR}/web)
set(web_build ${PROJECT_BINARY_DIR}/web)
set(web_installed ${web_build}/installed)
file(MAKE_DIRECTORY ${web_build})

# Only a change of the lock installs again.
add_custom_command(
  OUTPUT ${web_installed}
  COMMAND ${CMAKE_COMMAND} -E copy ${web}/package.json ${web}/package-lock.json ${web}/.npmrc
          ${web_build}
  COMMAND ${NPM} ci --prefer-offline --no-audit --no-fund --silent
  COMMAND ${CMAKE_COMMAND} -E touch ${web_installed}
  WORKING_DIRECTORY ${web_build}
  DEPENDS ${web}/package.json ${web}/package-lock.json ${web}/.npmrc
  COMMENT "Installing what the pages are bundled from" VERBATIM)
add_custom_target(skein_web_installed DEPENDS ${web_installed})

# skein_bundle(page folder out.html out.html) bundles a folder into `output`, as web/bundle.mjs says;
# the arguments after it are the files that this makes.
function(skein_bundle kind folder output)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/* ${web}/shared/*)
  add_custom_command(
    OUTPUT ${ARGN}
    COMMAND ${CMAKE_COMMAND} -E copy ${web}/bundle.mjs ${web_build}
    COMMAND ${NODE} ${web_build}/bundle.mjs ${kind} ${folder} ${web}/shared ${output}
    DEPENDS skein_web_installed ${web_installed} ${web}/bundle.mjs ${sources}
    COMMENT "Bundling ${folder}" VERBATIM)
endfunction()
