// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.PasswordPolicy;
import dev.allotment.spi.protocol.ClientNetwork;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Hashes passwords with PBKDF2-HMAC-SHA512 in passlib's format, which Odoo stores, so that accounts can be imported.
 */
public final class Passwords {
    static final int MAX_LENGTH = 4096;
    private static final String PREFIX = "$pbkdf2-sha512$";
    private static final Pattern HASH = Pattern.compile(
            "\\$pbkdf2-sha512\\$(?<iterations>[1-9][0-9]{0,8})\\$(?<salt>[A-Za-z0-9./]{2,})\\$(?<checksum>[A-Za-z0-9./]{86})");
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BITS = 512;
    /** More would take seconds for each check. */
    public static final int MAX_ITERATIONS = 1_000_000;

    private static final int MAX_HASH = 300;
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final int PLACES = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    /** How many checks may run or wait at once: a few seconds' worth at the default iterations. */
    public static final int MOST = 17 * PLACES;

    private static final Logger LOG = System.getLogger(Passwords.class.getName());

    private final int iterations;
    private final SecureRandom random;
    /** Verified if there is no hash, so that the check takes as long. */
    private final String decoy;
    /** The most iterations seen in a stored hash, or used for new ones: what every check costs. */
    private final AtomicInteger mostIterations;
    /** Leaves a core free for other calls while many passwords are checked, and threads while many checks wait. */
    private final FairPlaces places = new FairPlaces(PLACES, MOST, MAX_WAIT);

    private final WeakPasswords weak;
    private final @Nullable PasswordPolicy policy;
    private final Throttle rate;
    private final int perClientNetwork;

    /**
     * Creates a hasher.
     *
     * @param weak those that no account may have
     * @param policy for passwords that users and administrators choose; null: none
     * @param rate limits what a client network may have hashed: right passwords too
     * @param perClientNetwork within the period of the rate; 0: any number
     */
    public Passwords(
            int iterations,
            SecureRandom random,
            WeakPasswords weak,
            @Nullable PasswordPolicy policy,
            Throttle rate,
            int perClientNetwork) {
        this.weak = weak;
        this.policy = policy;
        this.rate = rate;
        this.perClientNetwork = perClientNetwork;
        this.iterations = iterations;
        this.mostIterations = new AtomicInteger(iterations);
        this.random = random;
        this.decoy = PREFIX + iterations + "$" + encode(new byte[SALT_BYTES]) + "$" + encode(new byte[DIGEST_BITS / 8]);
    }

    /**
     * The hash of a password for an account, as {@link #hashChosen} returns it, unless it is one of the {@link
     * WeakPasswords}. The members of a tenant are users of the application, which sets its own rules.
     *
     * @throws SaasException as {@link #hashChosen}
     */
    public String hashOfAccount(String login, String password, @Nullable String requester) {
        check(password);
        weak.refusal(login, password).ifPresent(reason -> {
            throw SaasException.invalid(ErrorCodes.ACCOUNT_INVALID, reason);
        });
        return hashChosen(login, password, requester);
    }

    /**
     * The hash of a password that a user or an administrator chooses, if the embedder's policy accepts it. Callers that
     * can do so call it before their transaction starts: the policy may take long.
     *
     * @param login of the account or member
     * @param requester as for {@link #hash}
     * @throws SaasException {@code account.invalid}, {@code account.policy-failed}, {@code access.busy}
     */
    public String hashChosen(String login, String password, @Nullable String requester) {
        check(password);
        // First: a client must not make the policy work without limit.
        String network = admitted(requester == null ? null : ClientNetwork.of(requester));
        if (policy != null) {
            refusal(policy, login, password).ifPresent(reason -> {
                throw SaasException.invalid(
                        ErrorCodes.ACCOUNT_INVALID, reason.isBlank() ? "Choose another password." : reason);
            });
        }
        return hashIn(network, password);
    }

    /** The exception of a policy is neither logged nor passed on as a whole: its message may contain the password. */
    private static Optional<String> refusal(PasswordPolicy policy, String login, String password) {
        String failure = "null instead of an Optional";
        try {
            Optional<String> refusal = policy.refusal(login, password);
            if (refusal != null) {
                return refusal;
            }
        } catch (SaasException e) {
            throw e;
        } catch (RuntimeException e) {
            StackTraceElement[] trace = e.getStackTrace();
            failure = e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
        }
        LOG.log(Level.WARNING, "The password policy failed, so a password was not set: " + failure);
        throw SaasException.internal(
                ErrorCodes.ACCOUNT_POLICY_FAILED,
                "The password policy failed, so the password was not set. Ask the operator to read the log.",
                null);
    }

    /**
     * The hash to store.
     *
     * @param requester the client address of the caller, or another name to count the work by; null: the control plane
     * @throws SaasException {@code account.invalid} for an empty or overlong password, {@code access.busy}
     */
    public String hash(String password, @Nullable String requester) {
        check(password);
        return hashIn(admitted(requester == null ? null : ClientNetwork.of(requester)), password);
    }

    private String hashIn(@Nullable String network, String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return PREFIX + iterations + "$" + encode(salt) + "$"
                + encode(inPlace(network == null ? "" : network, () -> digest(password, salt, iterations)));
    }

    /** Whether a password with this hash should be hashed again when it is next known. */
    public boolean isOutdated(@Nullable String hash) {
        Matcher stored = HASH.matcher(hash == null ? "" : hash);
        return stored.matches() && Integer.parseInt(stored.group("iterations")) != iterations;
    }

    /**
     * Refuses a hash that this class cannot verify, or not in reasonable time.
     *
     * @throws SaasException {@code account.invalid}
     */
    public static void checkHash(String hash) {
        Matcher given = HASH.matcher(hash.length() > MAX_HASH ? "" : hash);
        if (!given.matches()
                || Integer.parseInt(given.group("iterations")) > MAX_ITERATIONS
                || !isBase64(given.group("salt"))) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    "A password hash must be one of passlib's pbkdf2_sha512, as Odoo stores it, with 1 to "
                            + MAX_ITERATIONS + " iterations: $pbkdf2-sha512$iterations$salt$checksum.");
        }
    }

    private static boolean isBase64(String text) {
        try {
            decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Refuses a text that cannot be a password.
     *
     * @param password null: none, which is not refused
     * @throws SaasException {@code account.invalid}
     */
    public static void check(@Nullable String password) {
        if (password != null && !isUsable(password)) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    password.isEmpty()
                            ? "Enter a password."
                            : "A password has at most " + MAX_LENGTH
                                    + " characters, and no half of a surrogate pair. This" + " one has "
                                    + password.length() + " characters.");
        }
    }

    /** Half a surrogate pair has no bytes, so all passwords with one would be equal. */
    static boolean isUsable(String password) {
        return !password.isEmpty() && password.length() <= MAX_LENGTH && !TextRules.hasHalfPair(password);
    }

    /**
     * Whether the password matches the hash. Takes as long without a hash, and with a hash of fewer iterations, as with
     * the most expensive hash seen so far.
     *
     * @throws SaasException {@code access.busy}
     */
    boolean verify(@Nullable String hash, String password, SignInThrottle.Attempt attempt) {
        admitted(attempt.network());
        return inPlace(attempt.requester(), () -> matches(hash, password));
    }

    private boolean matches(@Nullable String hash, String password) {
        Matcher stored = HASH.matcher(hash == null ? "" : hash);
        // A database that was imported can have any hash in it.
        boolean usable = stored.matches()
                && Integer.parseInt(stored.group("iterations")) <= MAX_ITERATIONS
                && isUsable(password);
        Matcher used = usable ? stored : HASH.matcher(decoy);
        if (!usable && !used.matches()) {
            throw new IllegalStateException("The decoy is not a hash");
        }
        int count = Integer.parseInt(used.group("iterations"));
        int most = mostIterations.accumulateAndGet(count, Math::max);
        byte[] salt = decode(used.group("salt"));
        byte[] found = digest(usable ? password : "-", salt, count);
        if (count < most) {
            digest("-", salt, most - count);
        }
        return MessageDigest.isEqual(decode(used.group("checksum")), found) && usable;
    }

    /** Counts one password of a client network, unless it has had too many; null: the control plane. */
    private @Nullable String admitted(@Nullable String network) {
        if (network != null && !rate.admits(network, perClientNetwork)) {
            throw SaasException.unavailable(
                    ErrorCodes.ACCESS_BUSY, "Too many passwords come from your network; try again in a minute.", null);
        }
        return network;
    }

    private <T> T inPlace(String requester, Supplier<T> work) {
        return places.run(requester, work).orElseThrow(Passwords::busy);
    }

    private static SaasException busy() {
        return SaasException.unavailable(
                ErrorCodes.ACCESS_BUSY, "Too many passwords are being checked at once; try again in a moment.", null);
    }

    private static byte[] digest(String password, byte[] salt, int count) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, count, DIGEST_BITS);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no PBKDF2WithHmacSHA512", e);
        }
    }

    /** Passlib's base64: a dot for the plus, no padding. */
    private static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes).replace('+', '.');
    }

    private static byte[] decode(String text) {
        return Base64.getDecoder().decode(text.replace('.', '+'));
    }
}
