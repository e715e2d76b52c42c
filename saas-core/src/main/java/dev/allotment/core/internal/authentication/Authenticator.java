// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.core.internal.authentication.SignInThrottle.Attempt;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.rule.TextRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords. Unknown logins, wrong passwords, missing passwords and inactive users get the same answer after the
 * same time. A password that was right is remembered by a keyed hash, together with its user, who is read again after a
 * few seconds. So a call with a password costs no PBKDF2, and a change made on another node is noticed. What is
 * remembered is bound to the database that it was read from, and means nothing when another one has taken its place.
 *
 * @param <U> the user
 */
public final class Authenticator<U> {
    private static final Logger LOG = System.getLogger("dev.allotment.access");
    private static final long FRESH_NANOS = 5_000_000_000L;
    private static final int MAX_REMEMBERED = 10_000;
    private static final Duration NOTED_FOR = Duration.ofMinutes(1);

    /**
     * The credentials of one user.
     *
     * @param hash null if there is no password
     * @param enough whether the password is enough to sign in
     */
    public record Account<U>(
            U user,
            long id,
            String login,
            boolean active,
            @Nullable String hash,
            boolean enough) {
        public Account(U user, long id, String login, boolean active, @Nullable String hash) {
            this(user, id, login, active, hash, true);
        }
    }

    private record Key(Place place, long id) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared, never printed
    private record Remembered<U>(Account<U> account, byte[] password, long readAt) {
        boolean is(byte[] other) {
            return MessageDigest.isEqual(password, other);
        }
    }

    /** When a check started, and how many changes had been announced by then. */
    private record Moment(long tick, long changes) {}

    private final Passwords passwords;
    private final Secrets secrets;
    private final SignInThrottle throttle;
    private final LongSupplier ticker;
    private final Map<Key, Remembered<U>> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Remembered<U>> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** Guarded by the map. */
    private long changes;

    public Authenticator(Passwords passwords, Secrets secrets, SignInThrottle throttle, LongSupplier ticker) {
        this.passwords = passwords;
        this.secrets = secrets;
        this.throttle = throttle;
        this.ticker = ticker;
    }

    /**
     * Whether a sign-in was recorded so recently that another one need not be, which saves a wait for the disk.
     *
     * @param last the sign-in that was recorded last
     */
    public static boolean isNoted(@Nullable Instant last, Instant now) {
        return last != null && !last.isAfter(now) && last.plus(NOTED_FOR).isAfter(now);
    }

    /** A sign-in: reads the user, and pays for the whole check unless the password is remembered. */
    public Optional<Account<U>> signIn(
            Place place,
            String login,
            String password,
            @Nullable String clientAddress,
            Supplier<Optional<Account<U>>> read) {
        Attempt attempt = attempt(place.database(), login, clientAddress);
        boolean blocked = blocked(attempt, clientAddress);
        if (blocked && !throttle.admitBlocked(attempt)) {
            throttle.noteRefused();
            return Optional.empty();
        }
        Moment start = moment();
        Account<U> account = read.get().orElse(null);
        if (account != null && isRemembered(place, account, password)) {
            return Optional.of(recognised(attempt, account, blocked));
        }
        if (blocked) {
            throttle.noteRefused();
            return Optional.empty();
        }
        boolean right = passwords.verify(account == null ? null : account.hash(), password, attempt);
        boolean admitted = decide(attempt, clientAddress, right && account != null && account.active());
        if (account == null || !admitted) {
            return Optional.empty();
        }
        remember(place, account, password, start);
        return Optional.of(account);
    }

    /** A call by a known user: cheap if the password was right a moment ago. */
    public Optional<Account<U>> check(
            Place place,
            long id,
            String password,
            @Nullable String clientAddress,
            Supplier<Optional<Account<U>>> read) {
        Key key = new Key(place, id);
        Moment start = moment();
        Remembered<U> known;
        synchronized (remembered) {
            known = Passwords.isUsable(password) ? remembered.get(key) : null;
        }
        boolean fresh = known != null && start.tick() - known.readAt() < FRESH_NANOS;
        Account<U> account =
                fresh && known != null ? known.account() : read.get().orElse(null);
        String login = account == null ? "#" + id : account.login();
        Attempt attempt = attempt(place.database(), login, clientAddress);
        boolean blocked = blocked(attempt, clientAddress);
        if (blocked && !throttle.admitBlocked(attempt)) {
            throttle.noteRefused();
            return Optional.empty();
        }
        if (account != null && isRemembered(place, account, password)) {
            Account<U> right = recognised(attempt, account, blocked);
            if (!fresh) {
                remember(place, right, password, start);
            }
            return Optional.of(right);
        }
        if (blocked) {
            throttle.noteRefused();
            return Optional.empty();
        }
        if (fresh) {
            account = read.get().orElse(null);
        }
        boolean unchanged = account != null
                && account.active()
                && known != null
                && Objects.equals(account.hash(), known.account().hash());
        boolean right = passwords.verify(account == null ? null : account.hash(), password, attempt);
        boolean admitted = decide(attempt, clientAddress, right && account != null && account.active());
        if (!admitted && !unchanged) {
            drop(key);
        }
        if (account == null || !admitted) {
            return Optional.empty();
        }
        remember(place, account, password, start);
        return Optional.of(account);
    }

    /** Users that were active a moment ago; saves reading a user twice for one call. */
    public Optional<U> recent(Place place, long id) {
        synchronized (remembered) {
            Remembered<U> known = remembered.get(new Key(place, id));
            return known != null && ticker.getAsLong() - known.readAt() < FRESH_NANOS
                    ? Optional.of(known.account().user())
                    : Optional.empty();
        }
    }

    /** Makes a changed password, login or activity count at once in this process, also for checks in progress. */
    public void forget(Place place, long id) {
        synchronized (remembered) {
            changes++;
            drop(new Key(place, id));
        }
    }

    private void drop(Key key) {
        synchronized (remembered) {
            remembered.remove(key);
        }
    }

    private Moment moment() {
        synchronized (remembered) {
            return new Moment(ticker.getAsLong(), changes);
        }
    }

    private void remember(Place place, Account<U> account, String password, Moment start) {
        Remembered<U> entry = new Remembered<>(account, passwordHash(account, password), start.tick());
        synchronized (remembered) {
            if (changes == start.changes()) {
                remembered.put(new Key(place, account.id()), entry);
            }
        }
    }

    /** Whether the password was right before, and the user and the stored hash are as they were. */
    private boolean isRemembered(Place place, Account<U> account, String password) {
        if (!account.active() || !Passwords.isUsable(password)) {
            return false;
        }
        Remembered<U> known;
        synchronized (remembered) {
            known = remembered.get(new Key(place, account.id()));
        }
        return known != null
                && Objects.equals(account.hash(), known.account().hash())
                && known.is(passwordHash(account, password));
    }

    private Account<U> recognised(Attempt attempt, Account<U> account, boolean blocked) {
        if (blocked) {
            throttle.recognise(attempt);
        } else {
            throttle.succeed(attempt);
        }
        return account;
    }

    /** Bound to the stored hash as well, so it becomes worthless when that changes. */
    private byte[] passwordHash(Account<U> account, String password) {
        return secrets.keyedHash(account.id() + "\n" + account.hash() + "\n" + password);
    }

    /** Whether passwords are refused unread for a while. */
    public boolean throttled(Place place, String login, @Nullable String clientAddress) {
        return throttle.isBlocked(attempt(place.database(), login, clientAddress));
    }

    private boolean blocked(Attempt attempt, @Nullable String clientAddress) {
        boolean blocked = throttle.isBlocked(attempt);
        if (blocked && throttle.logsBlocked(attempt)) {
            LOG.log(
                    Level.WARNING,
                    "Refused sign-ins without checking their passwords: too many failures for a login or from "
                            + (clientAddress == null ? "its client address" : printable(clientAddress)));
        }
        return blocked;
    }

    private boolean decide(Attempt attempt, @Nullable String clientAddress, boolean right) {
        boolean admitted = throttle.decide(attempt, right);
        if (!admitted) {
            LOG.log(
                    Level.INFO,
                    () -> "Refused a sign-in from "
                            + (clientAddress == null ? "an unknown client address" : printable(clientAddress)));
        }
        return admitted;
    }

    private static Attempt attempt(String database, String login, @Nullable String clientAddress) {
        // No account has such a long login, so it does not matter that these share a bucket.
        String bounded = login.substring(0, Math.min(login.length(), TextRules.MAX_LOGIN + 1));
        return Attempt.of(database + "\n" + bounded, clientAddress);
    }

    private static String printable(String clientAddress) {
        return clientAddress.replaceAll("[^0-9A-Za-z.:%-]", "?");
    }
}
