package dev.heddle.it.contract;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Doc comments, as the sources have them; texts are Markdown. Used by one thread. */
final class Javadocs {
  /** One comment; empty texts where nothing is said. */
  record Comment(String summary, String rest, Map<String, String> params) {
    static final Comment NONE = new Comment("", "", Map.of());

    String whole() {
      return (summary + " " + rest).strip();
    }
  }

  private final Path repository;
  private final Set<Path> read = new HashSet<>();
  private final Map<String, Comment> comments = new HashMap<>();

  /**
   * @param repository folder of the modules
   */
  Javadocs(Path repository) {
    this.repository = repository;
  }

  Comment of(Class<?> type) {
    return find(type, type.getCanonicalName());
  }

  /** Of a method, by name: overloads share the last one's. */
  Comment of(Class<?> type, String method) {
    return find(type, type.getCanonicalName() + "#" + method);
  }

  private Comment find(Class<?> type, String id) {
    String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
    try (Stream<Path> modules = Files.list(repository)) {
      modules
          .map(module -> module.resolve("src/main/java").resolve(file))
          .filter(source -> Files.exists(source) && read.add(source))
          .forEach(this::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return comments.getOrDefault(id, Comment.NONE);
  }

  private void read(Path source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjects(source));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(trees).scan(unit, unit.getPackageName().toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Visits classes with the name of what encloses them. */
  private final class Reader extends TreePathScanner<Void, String> {
    private final DocTrees trees;

    Reader(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, String enclosing) {
      String name = enclosing + "." + type.getSimpleName();
      keep(name);
      return super.visitClass(type, name);
    }

    @Override
    public Void visitMethod(MethodTree method, String enclosing) {
      keep(enclosing + "#" + method.getName());
      return null;
    }

    private void keep(String id) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        comments.put(id, comment(comment));
      }
    }
  }

  private static Comment comment(DocCommentTree tree) {
    Map<String, String> params = new HashMap<>();
    for (DocTree tag : tree.getBlockTags()) {
      if (tag instanceof ParamTree param) {
        params.put(param.getName().getName().toString(), text(param.getDescription()));
      }
    }
    return new Comment(text(tree.getFirstSentence()), text(tree.getBody()), params);
  }

  private static String text(List<? extends DocTree> parts) {
    return parts.stream()
        .map(Javadocs::text)
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static String text(DocTree part) {
    return switch (part) {
      case TextTree text -> text.getBody();
      case LiteralTree literal -> "`" + literal.getBody().getBody() + "`";
      case LinkTree link ->
          "`" + link.getReference().getSignature().replaceFirst(".*[.#]", "") + "`";
      default -> " "; // tags of HTML, which carry no text
    };
  }
}
