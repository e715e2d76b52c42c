// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.file;

import dev.allotment.core.internal.rule.TextRules;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The names that files of tenants may have. None of them leads out of the folder that it is resolved in. */
public final class FileNames {
    /** In UTF-8. */
    public static final int MOST_BYTES = 1024;

    private static final Pattern DRIVE = Pattern.compile("^[A-Za-z]:");

    private FileNames() {}

    /** Whether a file may have this name. */
    public static boolean isValid(String name) {
        return !TextRules.hasControl(name)
                && name.indexOf('\\') < 0
                && !DRIVE.matcher(name).find()
                && Arrays.stream(name.split("/", -1)).noneMatch(FileNames::isNoPart)
                && name.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    }

    private static boolean isNoPart(String part) {
        return part.isEmpty() || part.equals(".") || part.equals("..");
    }
}
