// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import com.sun.source.doctree.DocCommentTree;
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
import java.util.Collection;
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

    /**
     * Returns the public types, methods and constants of the sources in a folder that have no Javadoc. The constants
     * for the fields of a record need none: its parameters describe the fields.
     */
    static List<String> undocumented(Path folder) {
        return scan(folder, Undocumented::new);
    }

    /** Returns the public records that are built or have many components, and whose constructor is not internal. */
    static List<String> openConstructors(Path folder) {
        return scan(folder, OpenConstructors::new);
    }

    /**
     * Returns the optional parts of builders whose Javadoc names no default. A part is required if it is a parameter
     * of a static factory of the builder.
     *
     * @param skipped the types whose builders state the default of all parts at once
     */
    static List<String> partsWithoutDefault(Path folder, Collection<String> skipped) {
        return scan(folder, docs -> new PartsWithoutDefault(docs, skipped));
    }

    private interface Factory {
        Scanner scanner(DocTrees docs);
    }

    private static List<String> scan(Path folder, Factory factory) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> walk = Files.list(folder);
                StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = walk.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("module-info.java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
            Scanner scanner = factory.scanner(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                scanner.scan(unit, null);
            }
            return scanner.found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Visits public types, and the types in them. */
    private abstract static class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
        final DocTrees docs;
        final List<String> found = new ArrayList<>();

        Scanner(DocTrees docs) {
            this.docs = docs;
        }

        abstract void visit(ClassTree type);

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            if (!open(type.getModifiers().getFlags())) {
                return null;
            }
            visit(type);
            return super.visitClass(type, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            return null;
        }

        /** Members of interfaces are public without saying so. */
        final boolean open(Set<Modifier> flags) {
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (inInterface() && !flags.contains(Modifier.PRIVATE));
        }

        final boolean inInterface() {
            TreePath parent = getCurrentPath().getParentPath();
            return parent != null && parent.getLeaf().getKind() == Tree.Kind.INTERFACE;
        }

        /** The parser adds a constructor to a class that declares none. */
        final boolean generated(MethodTree method) {
            return docs.getSourcePositions().getStartPosition(getCurrentPath().getCompilationUnit(), method) < 0;
        }

        static boolean has(MethodTree method, String annotation) {
            return method.getModifiers().getAnnotations().stream()
                    .anyMatch(each -> each.getAnnotationType().toString().equals(annotation));
        }

        static <T extends Tree> List<T> members(ClassTree type, Class<T> kind) {
            return type.getMembers().stream()
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .toList();
        }

        static boolean returnsBuilder(MethodTree method) {
            return method.getReturnType() != null
                    && method.getReturnType().toString().equals("Builder");
        }
    }

    private static final class Undocumented extends Scanner {
        Undocumented(DocTrees docs) {
            super(docs);
        }

        @Override
        void visit(ClassTree type) {
            check(type.getSimpleName().toString());
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            if (open(method.getModifiers().getFlags()) && !has(method, "Override") && !generated(method)) {
                check(owner() + "#" + method.getName());
            }
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            Set<Modifier> flags = variable.getModifiers().getFlags();
            boolean constant = inInterface() || (flags.contains(Modifier.PUBLIC) && flags.contains(Modifier.STATIC));
            if (constant && !variable.getType().toString().startsWith("RecordField<")) {
                check(owner() + "#" + variable.getName());
            }
            return null;
        }

        private String owner() {
            return ((ClassTree) getCurrentPath().getParentPath().getLeaf())
                    .getSimpleName()
                    .toString();
        }

        private void check(String what) {
            DocCommentTree doc = docs.getDocCommentTree(getCurrentPath());
            if (doc == null || doc.getFirstSentence().isEmpty()) {
                found.add(what);
            }
        }
    }

    private static final class OpenConstructors extends Scanner {
        OpenConstructors(DocTrees docs) {
            super(docs);
        }

        @Override
        void visit(ClassTree type) {
            if (type.getKind() != Tree.Kind.RECORD) {
                return;
            }
            long components = members(type, VariableTree.class).stream()
                    .filter(each -> !each.getModifiers().getFlags().contains(Modifier.STATIC))
                    .count();
            boolean built = members(type, ClassTree.class).stream()
                    .anyMatch(each -> each.getSimpleName().contentEquals("Builder"));
            boolean internal = members(type, MethodTree.class).stream()
                    .anyMatch(each -> each.getName().contentEquals("<init>") && has(each, "Internal"));
            if ((built || components >= RecordRules.MANY) && !internal) {
                found.add(type.getSimpleName().toString());
            }
        }
    }

    private static final class PartsWithoutDefault extends Scanner {
        private final Collection<String> skipped;

        PartsWithoutDefault(DocTrees docs, Collection<String> skipped) {
            super(docs);
            this.skipped = skipped;
        }

        @Override
        void visit(ClassTree type) {
            if (type.getKind() != Tree.Kind.RECORD
                    || skipped.contains(type.getSimpleName().toString())) {
                return;
            }
            List<String> required = members(type, MethodTree.class).stream()
                    .filter(Scanner::returnsBuilder)
                    .flatMap(each -> each.getParameters().stream())
                    .map(each -> each.getName().toString())
                    .toList();
            for (ClassTree builder : members(type, ClassTree.class)) {
                for (MethodTree part : members(builder, MethodTree.class)) {
                    if (returnsBuilder(part)
                            && !required.contains(part.getName().toString())) {
                        TreePath path = new TreePath(new TreePath(getCurrentPath(), builder), part);
                        String doc = String.valueOf(docs.getDocComment(path));
                        if (!doc.contains("Default:")) {
                            found.add(type.getSimpleName() + ".Builder#" + part.getName());
                        }
                    }
                }
            }
        }
    }
}
