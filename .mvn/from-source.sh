# Sourced by ./heddle in a checkout: finds a JDK 25, and builds the application when its sources are
# newer. Takes $root, $backend and $sdk; gives $java and $app.
. "$root/.mvn/jdk25.sh"

app=$root/app/target/heddle
java=$JAVA_HOME/bin/java
built=$app/heddle.jar

stale() {
  [ -f "$built" ] || return 0
  if [ "$backend" = tornado ]; then # the SDK may have come after the last build
    set -- "$app"/lib/gpu-runtime-tornado-*.jar
    [ -f "$1" ] || return 0
  fi
  [ -n "$(find "$root/pom.xml" "$root/db" "$root"/*/pom.xml "$root"/chat-template/src/main "$root"/structured/src/main "$root"/model-format/src/main \
    "$root"/gpu-runtime/src/main "$root"/cli/src/main "$root"/gpu-runtime-tornado/src/main "$root"/adapter-registry/src/main \
    "$root"/console/src/main "$root"/app/src/main \
    -newer "$built" -print -quit 2>/dev/null)" ]
}

build() {
  say "building (once; the first time fetches dependencies, which takes some minutes)"
  set --
  for api in "$sdk"/share/java/tornado/tornado-api-*.jar; do # compiles against the SDK that is there
    [ ! -f "$api" ] || { api=${api##*/tornado-api-}; set -- "-Dtornado.version=${api%.jar}"; }
  done
  [ $# -gt 0 ] || unset TORNADOVM_HOME
  rm -f "$root/app/target/app-exec.jar" # a build that fails must not start what an earlier one made
  (cd "$root" && ./mvnw -ntp -B -DskipTests "$@" -pl app -am package) 2>&1 |
    sed -nu -e 's/^\[INFO\] Building \(Heddle[^ ]* :: [^ ]*\).*/heddle:   \1/p' -e '/^\[ERROR\]/p' -e '/BUILD FAILURE/p' >&2
  jar=$root/app/target/app-exec.jar
  [ -f "$jar" ] || { say "the build failed; ./mvnw package -DskipTests shows why"; exit 1; }
  rm -rf "$app.new"
  "$root/packaging/extract" "$jar" "$app.new"
  rm -rf "$app"
  mv "$app.new" "$app"
  touch "$built"
}

if stale; then
  mkdir -p "$root/app/target"
  if command -v flock >/dev/null 2>&1; then
    # Of several that start at once, one builds and the others wait for it.
    exec 9>"$root/app/target/.build.lock"
    flock 9
    ! stale || build
    exec 9>&-
  else
    build
  fi
fi
