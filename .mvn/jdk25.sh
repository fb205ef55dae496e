# Sourced by mvnw and heddle: points JAVA_HOME at an installed JDK 25 or newer minor of it.
# The default `java` of a machine may be older; a JDK's own `release` file says what it is.
jdk25() { [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null; }
find_jdk25() {
  jdk25 "${JAVA_HOME-}" && return 0
  set +f
  for home in /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* "${HOME-}"/.jdks/* \
    "${HOME-}"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if jdk25 "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "Heddle needs a JDK 25. None was found in the usual places; set JAVA_HOME to one." >&2
  return 1
}
find_jdk25 || exit 1
