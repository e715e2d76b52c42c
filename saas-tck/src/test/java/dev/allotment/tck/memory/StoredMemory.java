// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.Wrapped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A memory backend whose databases are in a file, too, from which another process continues. Each change replaces the
 * file in one step, unless it has a defect: then a part of the change is in the file for a while before the rest. The
 * catalog stays in the memory of the process.
 */
final class StoredMemory extends DelegatingBackend {
    /** What is broken. */
    enum Defect {
        NONE,
        /** The new name appears after the old one is gone. */
        RENAMES_IN_TWO_STEPS("rename"),
        REPLACES_IN_TWO_STEPS("replace"),
        /** The first database has the identity of the second one before that has the identity of the first one. */
        EXCHANGES_IN_TWO_STEPS("exchange"),
        /** One of the two is under another name meanwhile, and a later start does not complete that. */
        NEVER_COMPLETES_AN_EXCHANGE("exchange"),
        STORES_TOKENS_AFTER_CHANGES("rename"),
        LEAVES_UNFINISHED_FILES("create"),
        FORGETS_MARKS,
        CUTS_MARKS,
        HAS_ANOTHER_PLACE_EACH_TIME,
        HAS_THE_SAME_PLACE_EVERYWHERE;

        private final @Nullable String method;

        Defect() {
            this(null);
        }

        Defect(@Nullable String method) {
            this.method = method;
        }
    }

    private static final Set<String> CHANGES = Set.of(
            "create",
            "copy",
            "receive",
            "replace",
            "exchange",
            "open",
            "close",
            "rename",
            "claim",
            "drop",
            "discard",
            "adopt",
            "release",
            "transact",
            "configure",
            "setMark");
    private static final Set<String> STEPS = Set.of("rename", "replace", "exchange");

    /** Databases that the kit creates before the changes in which it kills the process, and two more. */
    private static final int SET_UP = 6;

    private static final long PAUSE_SECONDS = 20;

    /** What stays in the memory of a process when a backend is closed. */
    private static final Map<Path, Place> PLACES = new ConcurrentHashMap<>();

    private static final class Place {
        private final MemoryBackend memory = MemoryBackend.create();
        private @Nullable String mark;
        private String identity = "stored-memory " + UUID.randomUUID();
    }

    /**
     * A line of the file.
     *
     * @param content in Base64
     */
    private record Line(UUID uuid, boolean open, @Nullable FencingToken token, String content) {
        String text(String name) {
            return String.join(
                    "|", name, uuid.toString(), Boolean.toString(open), token == null ? "" : token.encoded(), content);
        }
    }

    private final Path folder;
    private final Defect defect;
    private final Place place;
    private final AtomicInteger changes = new AtomicInteger();
    private final Map<String, Integer> steps = new ConcurrentHashMap<>();
    private final CountDownLatch written = new CountDownLatch(1);
    /** Changes that are in the file by half. */
    private final List<Consumer<Map<String, Line>>> halves = new ArrayList<>();

    private StoredMemory(Path folder, Defect defect, Place place) {
        super(place.memory);
        this.folder = folder;
        this.defect = defect;
        this.place = place;
    }

    static StoredMemory open(Path folder, Defect defect) {
        try {
            Files.createDirectories(folder);
            StoredMemory opened = new StoredMemory(folder, defect, PLACES.computeIfAbsent(folder, any -> new Place()));
            opened.read();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MemoryBackend memory() {
        return place.memory;
    }

    /** The state stays for the next one that is opened. */
    @Override
    public void close() {}

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> declared = EnumSet.of(Capability.DURABLE);
        declared.addAll(super.capabilities());
        return declared;
    }

    @Override
    public Catalog catalog() {
        return new DelegatingCatalog(super.catalog()) {
            private final String own = defect == Defect.HAS_ANOTHER_PLACE_EACH_TIME
                    ? "place " + UUID.randomUUID()
                    : defect == Defect.HAS_THE_SAME_PLACE_EVERYWHERE ? "place" : place.identity;

            @Override
            public String place() {
                return own;
            }
        };
    }

    @Override
    public Databases databases(Server server) {
        return Wrapped.of(Databases.class, super.databases(server), this::pass);
    }

    private @Nullable Object pass(Method method, @Nullable Object[] arguments, Wrapped.Next next) throws Throwable {
        switch (method.getName()) {
            case "marks":
                return new Marks();
            default:
                return CHANGES.contains(method.getName())
                        ? change(method.getName(), arguments, next)
                        : next.call(arguments);
        }
    }

    private final class Marks implements CatalogMarks {
        @Override
        public @Nullable String mark() {
            return place.mark;
        }

        @Override
        public void setMark(String mark) {
            place.mark = defect == Defect.CUTS_MARKS && mark.length() > 100 ? mark.substring(0, 100) : mark;
        }
    }

    private @Nullable Object change(String method, @Nullable Object[] arguments, Wrapped.Next next) throws Throwable {
        awaitHalf(method);
        boolean half =
                method.equals(defect.method) && changes.incrementAndGet() > (method.equals("create") ? SET_UP : 2);
        Consumer<Map<String, Line>> broken = half ? broken(arguments) : lines -> {};
        Object result;
        synchronized (place) {
            if (half) {
                halves.add(broken);
            }
            result = next.call(arguments);
            write();
        }
        if (half) {
            written.countDown();
            new CountDownLatch(1).await(PAUSE_SECONDS, TimeUnit.SECONDS);
            synchronized (place) {
                halves.remove(broken);
                write();
            }
            Files.deleteIfExists(folder.resolve("unfinished"));
        }
        return result;
    }

    /** Lets the kit see two steps of each other kind of change, and more of them once the broken one is made by half. */
    private void awaitHalf(String method) throws InterruptedException {
        boolean other = defect.method != null && STEPS.contains(method) && !method.equals(defect.method);
        if (other && steps.merge(method, 1, Integer::sum) > 2) {
            written.await(PAUSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Returns what a change does to the file before the change is complete. */
    private Consumer<Map<String, Line>> broken(@Nullable Object[] arguments) throws IOException {
        DatabaseRef database = (DatabaseRef) arguments[0];
        switch (defect) {
            case RENAMES_IN_TWO_STEPS:
                return lines -> lines.remove(arguments[1]);
            case REPLACES_IN_TWO_STEPS:
            case NEVER_COMPLETES_AN_EXCHANGE:
                return lines -> lines.remove(database.name());
            case EXCHANGES_IN_TWO_STEPS:
                DatabaseRef other = (DatabaseRef) arguments[1];
                return lines -> lines.computeIfPresent(
                        other.name(),
                        (name, line) -> new Line(other.uuid(), line.open(), line.token(), line.content()));
            case STORES_TOKENS_AFTER_CHANGES:
                FencingToken before = entries().stream()
                        .filter(entry -> entry.uuid().equals(database.uuid()))
                        .map(DatabaseEntry::token)
                        .findFirst()
                        .orElse(null);
                return lines -> lines.computeIfPresent(
                        (String) arguments[1],
                        (name, line) -> new Line(line.uuid(), line.open(), before, line.content()));
            default:
                Files.writeString(folder.resolve("unfinished"), database.name());
                return lines -> lines.remove(database.name());
        }
    }

    private Databases sound() {
        return place.memory.databases(Server.builder(Server.DEFAULT_NAME).build());
    }

    private List<DatabaseEntry> entries() {
        return sound().inventory();
    }

    private void write() throws IOException {
        Map<String, Line> lines = new TreeMap<>();
        for (DatabaseEntry entry : entries()) {
            byte[][] content = new byte[1][];
            String name = String.valueOf(entry.name());
            Objects.requireNonNull(sound().transfer()).send(new DatabaseRef(name, entry.uuid()), stream -> {
                try {
                    content[0] = stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            lines.put(
                    name,
                    new Line(
                            entry.uuid(),
                            Boolean.TRUE.equals(entry.open()),
                            entry.token(),
                            Base64.getEncoder().encodeToString(content[0])));
        }
        halves.forEach(half -> half.accept(lines));
        List<String> text =
                new ArrayList<>(List.of(Long.toString(ProcessHandle.current().pid())));
        lines.forEach((name, line) -> text.add(line.text(name)));
        Path next = Files.write(folder.resolve("next"), text);
        Files.move(next, folder.resolve("databases"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes over what another process has written. */
    private void read() throws IOException {
        if (defect == Defect.FORGETS_MARKS) {
            place.mark = null;
        }
        Path file = folder.resolve("databases");
        List<String> text = Files.exists(file) ? Files.readAllLines(file) : List.of("");
        if (text.get(0).isEmpty()
                || text.get(0).equals(Long.toString(ProcessHandle.current().pid()))) {
            return;
        }
        sound().list().forEach(sound()::drop);
        for (String line : text.subList(1, text.size())) {
            String[] parts = line.split("\\|");
            DatabaseRef database = new DatabaseRef(parts[0], UUID.fromString(parts[1]));
            FencingToken token = FencingToken.parse(parts[3]);
            Databases databases = token == null ? sound() : sound().fencedBy(token);
            Objects.requireNonNull(databases.transfer())
                    .receive(
                            database,
                            new ByteArrayInputStream(Base64.getDecoder().decode(parts[4])));
            if (Boolean.parseBoolean(parts[2])) {
                databases.open(database);
            }
        }
        Files.deleteIfExists(folder.resolve("next"));
        if (defect != Defect.LEAVES_UNFINISHED_FILES) {
            Files.deleteIfExists(folder.resolve("unfinished"));
        }
    }
}
