"""Jars from Maven Central, with all that they depend on."""

import glob
import os
import re

from machine.errors import Failed, Unavailable
from machine.processes import program, run

_TIMEOUT_S = 900
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>strata.bench</groupId><artifactId>{name}</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>{dependencies}</dependencies>
</project>
"""
_DEPENDENCY = ("<dependency><groupId>{}</groupId><artifactId>{}</artifactId>"
               "<version>{}</version></dependency>")


def jars(directory, coordinates, fetching):
    """Downloads (group, artifact, version or range) and their dependencies; gives a class path.

    Of a range the newest one is taken. Unavailable. What an earlier run has is taken as it is.
    What Maven keeps is `maven` beside `directory`.
    """
    program("java", "deploy/install-dependencies.sh --with-peers")
    maven = program("mvn", "deploy/install-dependencies.sh --with-peers")
    done = os.path.join(directory, "complete")
    if not os.path.exists(done):
        names = ", ".join(artifact for _, artifact, _ in coordinates)
        fetching(f"{names} from Maven Central")
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "pom.xml"), "w", encoding="utf-8") as file:
            file.write(_POM.format(
                name=os.path.basename(directory),
                dependencies="".join(_DEPENDENCY.format(*each) for each in coordinates)))
        try:
            run([maven, "-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime",
                 f"-Dmaven.repo.local={os.path.join(os.path.dirname(directory), 'maven')}",
                 "-DoutputDirectory=jars"], _TIMEOUT_S, cwd=directory)
        except Failed as error:
            raise Unavailable(f"Maven cannot download {names}: {error}") from error
        with open(done, "w", encoding="ascii"):
            pass
    return ":".join(sorted(glob.glob(os.path.join(directory, "jars", "*.jar"))))


def version(class_path, artifact):
    """The version of an artifact that a class path holds."""
    found = re.search(rf"/{re.escape(artifact)}-(\d[\w.\-]*)\.jar", class_path)
    return found.group(1) if found else "unknown"
