// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.tck.BackendFixture;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.MemoryBackendProvider;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fixture of the memory backend. */
public class MemoryFixture implements BackendFixture {
    private static final Scripts SCRIPTS = new Scripts("create table kit;", "use table kit;", "fail on purpose;");

    @Override
    public BackendProvider provider() {
        return new MemoryBackendProvider();
    }

    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    @Override
    public Map<String, String> wrongSettings() {
        return Map.of("servers", "one,one");
    }

    @Override
    public Scripts scripts() {
        return SCRIPTS;
    }

    /** The memory of a process is reached by one catalog only. */
    @Override
    public Set<Optionally> lacks() {
        return Set.of(Optionally.PLACE);
    }

    @Override
    public ExportedScript exportedScript() {
        return new ExportedScript(
                "create table kit; one row; one view;", List.of("create table kit", "one row", "one view"));
    }

    /** The content starts with the length of the format, and the format ends with its version. */
    @Override
    public Optional<byte[]> ofVersion(byte[] content, int version) {
        byte[] relabelled = content.clone();
        relabelled[Integer.BYTES + ByteBuffer.wrap(content).getInt() - 1] = (byte) ('0' + version);
        return Optional.of(relabelled);
    }

    @Override
    public boolean scriptsAreSql() {
        return false;
    }

    /** Scripts are recorded and not run, so this looks for the script that creates the table. */
    @Override
    public boolean hasTable(Backend backend, DatabaseRef database) {
        return memory(backend).scripts(database.name()).stream()
                .anyMatch(script -> script.contains("create table kit;"));
    }

    @Override
    public Optional<Boolean> isOpen(Backend backend, DatabaseRef database) {
        return Optional.of(memory(backend).isOpen(database.name()));
    }

    @Override
    public boolean putForeign(Backend backend, String name) {
        memory(backend).putForeign(name);
        return true;
    }

    @Override
    public void close() {}

    /** Returns a backend of this fixture as a memory backend, unwrapped if necessary. */
    MemoryBackend memory(Backend backend) {
        return (MemoryBackend) backend;
    }
}
