// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys;
import dev.allotment.core.internal.authentication.SignInThrottle.Attempt;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredPasskey;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.UsedChallenge;
import dev.allotment.spi.passkey.PasskeyVerifier;
import dev.allotment.spi.passkey.PasskeyVerifier.Assertion;
import dev.allotment.spi.passkey.PasskeyVerifier.Ceremony;
import dev.allotment.spi.passkey.PasskeyVerifier.CredentialUse;
import dev.allotment.spi.passkey.PasskeyVerifier.KnownCredential;
import dev.allotment.spi.passkey.PasskeyVerifier.NewCredential;
import dev.allotment.spi.passkey.PasskeyVerifier.Registration;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes challenges for passkeys, and accepts the answers. A challenge is a sealed text, so nothing is stored for one
 * without an answer. One that was answered is stored until it has expired, in the transaction that accepts the answer:
 * of two callers with one answer, one succeeds. Thread-safe.
 */
public final class PasskeyCeremonies {
    /** The second at which it expires, a random part, and the seal; all of it in base64url. */
    private static final Pattern CHALLENGE = Pattern.compile("([0-9]{1,12})\\.([A-Za-z0-9_-]{43})\\.[A-Za-z0-9_-]{43}");

    private static final int LONGEST_CHALLENGE = 256;
    /** Clocks of nodes differ. */
    private static final Duration USED_KEPT = Duration.ofHours(1);

    private static final int LONGEST_CREDENTIAL = 1364;
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9.-]*[a-z][a-z0-9-]*");
    private static final Set<String> TRANSPORTS = Set.of("usb", "nfc", "ble", "smart-card", "hybrid", "internal");

    private final CoreContext context;
    private final @Nullable PasskeyVerifier verifier;
    private final DerivedSecrets seals;
    private final SignInThrottle throttle;

    /** @param verifier null: there are no passkeys */
    public PasskeyCeremonies(
            CoreContext context, @Nullable PasskeyVerifier verifier, DerivedSecrets seals, SignInThrottle throttle) {
        this.context = context;
        this.verifier = verifier;
        this.seals = seals;
        this.throttle = throttle;
    }

    /** Where passkeys are used, as the operator has set it. */
    private record Site(PasskeyVerifier verifier, String origin, String host) {
        Ceremony ceremony(String challenge) {
            return new Ceremony(origin, host, challenge);
        }
    }

    public boolean available() {
        return site().isPresent();
    }

    private Optional<Site> site() {
        PasskeyVerifier used = verifier;
        return used == null
                ? Optional.empty()
                : site(new MainParameters(context.catalog()).baseUrl())
                        .map(origin -> new Site(used, origin.toString(), origin.getHost()));
    }

    /** Returns the origin of an address, as browsers write it; empty if they allow no passkeys for it. */
    static Optional<URI> site(URI base) {
        String host = String.valueOf(base.getHost()).toLowerCase(Locale.ROOT);
        String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!HOST_NAME.matcher(host).matches() || !(secure || isLocal(host))) {
            return Optional.empty();
        }
        boolean usual = base.getPort() < 0 || base.getPort() == (secure ? 443 : 80);
        return Optional.of(URI.create(scheme + "://" + host + (usual ? "" : ":" + base.getPort())));
    }

    /** Browsers take it for this machine, which needs no TLS. */
    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.endsWith(".localhost");
    }

    private Site requireSite() {
        return site().orElseThrow(() -> new SaasException(
                ErrorCategory.UNSUPPORTED,
                ErrorCodes.ACCESS_PASSKEYS_UNAVAILABLE,
                "This installation has no passkeys. They need the module allotment-passkeys, and a base URL with https"
                        + " and the name of a host, or http://localhost.",
                Map.of(),
                false,
                null));
    }

    /** What makes a passkey for an account. */
    public Passkeys.Creation start(User user) {
        Site site = requireSite();
        List<StoredPasskey> present = context.catalog().transact(tx -> of(tx, user.id()));
        if (present.size() >= Passkeys.MAX_PASSKEYS) {
            throw tooMany();
        }
        return new Passkeys.Creation(
                new Passkeys.Request(challenge(accountUse(user.id())), site.host()),
                handle(user.id()),
                user.login(),
                user.name(),
                present.stream().map(StoredPasskey::credential).toList());
    }

    /** What signs in with a passkey in a browser; empty: there are no passkeys. */
    public Optional<Passkeys.Request> request(String browserSecret) {
        return site().map(site -> new Passkeys.Request(challenge(browserUse(browserSecret)), site.host()));
    }

    private static String accountUse(UserId user) {
        return "for account " + user;
    }

    private static String browserUse(String secret) {
        return "for browser " + Secrets.hash(secret);
    }

    private String challenge(String use) {
        long until = context.now().plus(Passkeys.CHALLENGE_LIFE).getEpochSecond();
        String start = until + "." + context.secrets().next();
        return base64(start + "." + seal(start, use));
    }

    private String seal(String start, String use) {
        return seals.seal("passkey challenge", start + "\n" + use);
    }

    /** Whether a challenge was made here for this use, and has not expired. It may have been answered. */
    private boolean isValid(String challenge, String use) {
        Matcher parts = CHALLENGE.matcher(text(challenge));
        return parts.matches()
                && context.now().getEpochSecond() < Long.parseLong(parts.group(1))
                && Secrets.sameText(
                        challenge,
                        base64(parts.group(1) + "." + parts.group(2) + "."
                                + seal(parts.group(1) + "." + parts.group(2), use)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Empty if it cannot be read. */
    private static String text(String base64) {
        try {
            return base64.length() > LONGEST_CHALLENGE
                    ? ""
                    : new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** What authenticators store about an account: its number, which does not name the user. */
    private static String handle(UserId user) {
        return base64(user.toString());
    }

    /**
     * Stores a new passkey.
     *
     * @throws SaasException {@code access.passkey-refused}, {@code access.passkey-limit}
     */
    public StoredPasskey add(Actor actor, User user, String name, Passkeys.NewPasskey made) {
        Site site = requireSite();
        NewCredential credential = Optional.of(made)
                .filter(each -> isValid(each.challenge(), accountUse(user.id())))
                .flatMap(each -> site.verifier()
                        .verify(
                                site.ceremony(each.challenge()),
                                new Registration(each.clientData(), each.attestation()),
                                Passkeys.ALGORITHMS))
                .filter(each -> each.id().length() <= LONGEST_CREDENTIAL)
                .orElseThrow(PasskeyCeremonies::refused);
        StoredPasskey wanted = new StoredPasskey(
                0,
                user.id(),
                credential.id(),
                credential.publicKey(),
                credential.counter(),
                name,
                made.transports().stream()
                        .filter(TRANSPORTS::contains)
                        .distinct()
                        .sorted()
                        .toList(),
                credential.backupEligible(),
                credential.backedUp(),
                context.now(),
                null);
        return once(tx -> {
                    useUp(tx, made.challenge());
                    // So that two calls do not exceed the limit together.
                    boolean gone = tx.records(RecordTypes.USERS)
                            .lock(user.id().value())
                            .isEmpty();
                    if (gone) {
                        throw refused();
                    }
                    if (FactorRules.passkeys(tx, user.id()) >= Passkeys.MAX_PASSKEYS) {
                        throw tooMany();
                    }
                    StoredPasskey stored = tx.records(RecordTypes.PASSKEYS).insert(wanted);
                    record(tx, actor, EventType.PASSKEY_ADDED, stored);
                    return Optional.of(stored);
                })
                .orElseThrow(PasskeyCeremonies::refused);
    }

    /** Returns the account whose passkey has answered; empty if the answer is refused. */
    public Optional<User> accept(Passkeys.Answer answer, String browserSecret, @Nullable String clientAddress) {
        Attempt attempt = Attempt.of("passkey\n" + Secrets.hash(answer.credential()), clientAddress);
        Optional<Site> site = site();
        if (site.isEmpty()) {
            return Optional.empty();
        }
        if (throttle.isBlocked(attempt)) {
            throttle.noteRefused();
            return Optional.empty();
        }
        Optional<User> user = isValid(answer.challenge(), browserUse(browserSecret))
                ? once(tx -> accept(tx, site.get(), answer))
                : Optional.empty();
        return throttle.decide(attempt, user.isPresent()) ? user : Optional.empty();
    }

    /** The passkey is locked, so of two answers with one counter, one is accepted. */
    private Optional<User> accept(Transaction tx, Site site, Passkeys.Answer answer) {
        Passkeys.Response response = answer.response();
        Optional<StoredPasskey> found = byCredential(tx, answer.credential())
                .flatMap(each -> tx.records(RecordTypes.PASSKEYS).lock(each.id()))
                .filter(each -> response.userHandle() == null
                        || response.userHandle().isEmpty()
                        || response.userHandle().equals(handle(each.userId())));
        Optional<User> user = found.flatMap(
                        each -> tx.records(RecordTypes.USERS).find(each.userId().value()))
                .filter(User::active);
        if (user.isEmpty()) {
            return Optional.empty();
        }
        StoredPasskey passkey = found.get();
        Optional<CredentialUse> use = site.verifier()
                .verify(
                        site.ceremony(answer.challenge()),
                        new KnownCredential(
                                passkey.credential(),
                                passkey.publicKey(),
                                passkey.counter(),
                                passkey.backupEligible(),
                                passkey.backedUp()),
                        new Assertion(response.clientData(), response.authenticatorData(), response.signature()));
        if (use.isEmpty()) {
            return Optional.empty();
        }
        useUp(tx, answer.challenge());
        tx.records(RecordTypes.PASSKEYS)
                .update(passkey.usedAt(
                        context.now(), use.get().counter(), use.get().backedUp()));
        return user;
    }

    /** Fails with {@code record.duplicate} if the challenge was answered before. */
    private void useUp(Transaction tx, String challenge) {
        Instant until = context.now().plus(Passkeys.CHALLENGE_LIFE).plus(USED_KEPT);
        tx.records(RecordTypes.USED_CHALLENGES).insert(new UsedChallenge(0, Secrets.hash(challenge), until));
    }

    /** Empty if the challenge was answered before, or there is a passkey with the same credential. */
    private <T> Optional<T> once(Function<? super Transaction, Optional<T>> work) {
        try {
            return context.catalog().transact(work);
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The passkeys of an account, the oldest first. */
    public static List<StoredPasskey> of(Transaction tx, UserId user) {
        return tx.records(RecordTypes.PASSKEYS)
                .list(Query.where(Filter.equal(StoredPasskey.USER_ID, user)).orderBy(StoredPasskey.ID));
    }

    private static Optional<StoredPasskey> byCredential(Transaction tx, String credential) {
        return tx
                .records(RecordTypes.PASSKEYS)
                .list(Query.where(Filter.equal(StoredPasskey.CREDENTIAL, credential)))
                .stream()
                .findFirst();
    }

    /** Removes all passkeys of an account, and returns whether it had any. */
    public static boolean removeAll(Transaction tx, UserId user) {
        return tx.records(RecordTypes.PASSKEYS).deleteAll(Filter.equal(StoredPasskey.USER_ID, user)) > 0;
    }

    public void record(Transaction tx, Actor actor, EventType type, StoredPasskey passkey) {
        context.events().add(tx, actor, type, null, passkey.userId(), Map.of("passkey", Long.toString(passkey.id())));
    }

    private static SaasException refused() {
        return SaasException.notAllowed(
                ErrorCodes.ACCESS_PASSKEY_REFUSED,
                "The answer of the authenticator was refused: it is wrong, too late, or was sent before. Try again.");
    }

    private static SaasException tooMany() {
        return SaasException.conflict(
                ErrorCodes.ACCESS_PASSKEY_LIMIT,
                "An account can have " + Passkeys.MAX_PASSKEYS + " passkeys, and yours has as many. Remove one first.");
    }
}
