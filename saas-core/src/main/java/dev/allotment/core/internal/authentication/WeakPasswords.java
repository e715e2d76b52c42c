// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses the passwords that are guessed first, as NIST SP 800-63B requires: common words, repetitions, sequences, and
 * those made from the login or the name of the installation. Thread-safe.
 */
public final class WeakPasswords {
    private static final String ADVICE = " Choose another one, for example a few random words.";
    private static final Set<String> COMMON = common();
    /** From which length on the words of a password are judged. A shorter one is the matter of a policy. */
    private static final int SHORTEST_JUDGED = 8;
    /** A name that is shorter is in too many good passwords. */
    private static final int SHORTEST_NAME = 4;

    private static final int LONGEST_BLOCK = 4;
    private static final int SHORTEST_RUN = 3;
    private static final List<String> SEQUENCES = Stream.of(
                    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm")
            .flatMap(each -> Stream.of(each, new StringBuilder(each).reverse().toString()))
            .toList();
    private static final Pattern DECORATION = Pattern.compile("^[^\\p{L}]+|[^\\p{L}]+$");

    private final Set<String> names;

    /** @param mainDatabase its name is the host of the installation */
    public WeakPasswords(String mainDatabase) {
        String[] labels = mainDatabase.toLowerCase(Locale.ROOT).split("\\.", -1);
        names = Arrays.stream(labels)
                .limit(Math.max(1, labels.length - 1))
                .filter(each -> each.length() >= SHORTEST_NAME)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Says why a password is not accepted; empty if it is. */
    Optional<String> refusal(String login, String password) {
        String plain = password.toLowerCase(Locale.ROOT);
        String word = DECORATION.matcher(plain).replaceAll("");
        if (plain.length() >= SHORTEST_JUDGED
                && Stream.of(plain, word, letters(plain), letters(word)).anyMatch(COMMON::contains)) {
            return Optional.of("This password is one of the most common ones, so it is guessed first." + ADVICE);
        }
        if (repeats(plain) || runs(plain)) {
            return Optional.of("This password is a repetition or a sequence, so it is guessed first." + ADVICE);
        }
        Stream<String> own = Stream.of(login, login.replaceAll("@.*", "")).map(each -> each.toLowerCase(Locale.ROOT));
        if (Stream.concat(own, names.stream())
                .filter(each -> each.length() >= SHORTEST_NAME)
                .anyMatch(each -> each.equals(plain) || each.equals(word))) {
            return Optional.of(
                    "This password is made from the login or the name of this service, so it is guessed first."
                            + ADVICE);
        }
        return Optional.empty();
    }

    /** Replaces the digits and signs that stand for letters. */
    private static String letters(String text) {
        return text.replace('@', 'a')
                .replace('4', 'a')
                .replace('3', 'e')
                .replace('1', 'i')
                .replace('!', 'i')
                .replace('0', 'o')
                .replace('$', 's')
                .replace('5', 's')
                .replace('7', 't');
    }

    /** Whether the text is a short block again and again. */
    private static boolean repeats(String text) {
        for (int block = 1; block <= LONGEST_BLOCK && 2 * block <= text.length(); block++) {
            if (text.substring(block).equals(text.substring(0, text.length() - block))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the text has nothing but parts of the alphabet, of the digits, or of the rows of a keyboard. */
    private static boolean runs(String text) {
        int from = 0;
        while (from < text.length()) {
            int longest = 0;
            for (String sequence : SEQUENCES) {
                longest = Math.max(longest, run(text, from, sequence));
            }
            if (longest < SHORTEST_RUN) {
                return false;
            }
            from += longest;
        }
        return true;
    }

    /** How much of the text follows a sequence. */
    private static int run(String text, int from, String sequence) {
        int start = sequence.indexOf(text.charAt(from));
        int length = 0;
        while (start >= 0
                && from + length < text.length()
                && start + length < sequence.length()
                && text.charAt(from + length) == sequence.charAt(start + length)) {
            length++;
        }
        return length;
    }

    private static Set<String> common() {
        String file = "common-passwords.txt";
        try (InputStream in = WeakPasswords.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("The jar of saas-core does not contain the file " + file);
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(each -> !each.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
