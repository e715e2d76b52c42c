// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.hook.Addon;
import dev.allotment.hook.AddonSource;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds add-ons that are folders: below a folder, and in every jar and folder of a class path. */
public final class AddonFolders {
    private static final String RESOURCE = "META-INF/allotment/addons";

    private AddonFolders() {}

    /** The add-ons in a folder, each in its own subfolder. */
    public static AddonSource in(Path folder) {
        return () -> {
            if (!Files.isDirectory(folder)) {
                throw SaasException.invalid(
                        ErrorCodes.ADDON_INVALID,
                        "The folder of add-ons \"" + folder.getFileName() + "\" does not exist.");
            }
            return list(folder);
        };
    }

    /** The add-ons that a class loader sees below {@code META-INF/allotment/addons}. */
    public static AddonSource on(ClassLoader loader) {
        return () -> {
            List<Addon> addons = new ArrayList<>();
            try {
                for (URL url : Collections.list(loader.getResources(RESOURCE))) {
                    addons.addAll(at(url.toURI()));
                }
            } catch (FileSystemNotFoundException | ProviderNotFoundException | IllegalArgumentException e) {
                throw new SaasException(
                        ErrorCategory.UNSUPPORTED,
                        ErrorCodes.ADDON_INVALID,
                        "There are add-ons on the class path in a place that is neither a folder nor a jar; pass them"
                                + " to the builder as a folder.",
                        Map.of(),
                        false,
                        e);
            } catch (IOException | URISyntaxException e) {
                throw SaasException.internal(
                        ErrorCodes.ADDON_INVALID, "The add-ons on the class path cannot be read: " + e.getMessage(), e);
            }
            return addons;
        };
    }

    private static List<Addon> at(URI uri) throws IOException {
        if (!"jar".equals(uri.getScheme())) {
            return list(Path.of(uri));
        }
        String text = uri.getRawSchemeSpecificPart();
        URI jar = URI.create(text.substring(0, text.indexOf("!/")));
        try (FileSystem files = FileSystems.newFileSystem(Path.of(jar), Map.of())) {
            return list(files.getPath(RESOURCE));
        }
    }

    private static List<Addon> list(Path folder) {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(FileAddon::is)
                    .sorted()
                    .<Addon>map(FileAddon::read)
                    .toList();
        } catch (IOException e) {
            throw SaasException.internal(
                    ErrorCodes.ADDON_INVALID, "The folder of add-ons cannot be read: " + e.getMessage(), e);
        }
    }
}
