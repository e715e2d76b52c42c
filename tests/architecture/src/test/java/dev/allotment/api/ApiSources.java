// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The public declarations in source files, read with the compiler's parser. */
final class ApiSources {
    private ApiSources() {}

    /** Returns the public types, methods and constants of the sources in a folder that have no Javadoc. */
    static List<String> undocumented(Path folder) {
        List<String> missing = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> walk = Files.list(folder);
                StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = walk.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("module-info.java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(docs, missing).scan(unit, null);
            }
            return missing;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final DocTrees docs;
        private final List<String> missing;

        Scanner(DocTrees docs, List<String> missing) {
            this.docs = docs;
            this.missing = missing;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            if (!open(type.getModifiers().getFlags())) {
                return null;
            }
            check(type.getSimpleName().toString());
            return super.visitClass(type, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(each -> each.getAnnotationType().toString().equals("Override"));
            boolean generated =
                    docs.getSourcePositions().getStartPosition(getCurrentPath().getCompilationUnit(), method) < 0;
            if (open(method.getModifiers().getFlags()) && !overrides && !generated) {
                check(owner() + "#" + method.getName());
            }
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            Set<Modifier> flags = variable.getModifiers().getFlags();
            if (flags.contains(Modifier.PUBLIC) && flags.contains(Modifier.STATIC)) {
                check(owner() + "#" + variable.getName());
            }
            return null;
        }

        private String owner() {
            TreePath parent = getCurrentPath().getParentPath();
            return ((ClassTree) parent.getLeaf()).getSimpleName().toString();
        }

        /** Members of interfaces are public without saying so. */
        private boolean open(Set<Modifier> flags) {
            TreePath parent = getCurrentPath().getParentPath();
            boolean inInterface = parent != null && parent.getLeaf().getKind() == Tree.Kind.INTERFACE;
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (inInterface && !flags.contains(Modifier.PRIVATE));
        }

        private void check(String what) {
            var doc = docs.getDocCommentTree(getCurrentPath());
            if (doc == null || doc.getFirstSentence().isEmpty()) {
                missing.add(what);
            }
        }
    }
}
