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
import dev.allotment.access.SecondFactors;
import dev.allotment.access.SignIns;
import dev.allotment.core.internal.authentication.SignInThrottle.Attempt;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredFactor;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The second factors of accounts in the catalog, and the proofs of sessions. A code is used up under the lock of its
 * factor, so of two callers with one code, one succeeds. Thread-safe.
 */
public final class AccountFactors {
    private static final Duration SETUP_LIFE = Duration.ofHours(1);
    private static final int RECOVERY_BYTES = 10;
    private static final int LONGEST_CODE = 64;
    private static final long EVERY = TimeUnit.HOURS.toNanos(1);

    private final CoreContext context;
    private final SecretCipher cipher;
    private final SignInThrottle throttle;
    private final AtomicLong nextRenewal;

    public AccountFactors(CoreContext context, SecretCipher cipher, SignInThrottle throttle) {
        this.context = context;
        this.cipher = cipher;
        this.throttle = throttle;
        this.nextRenewal = new AtomicLong(context.tick());
    }

    /** The factor of an account, if it was confirmed. */
    public static Optional<StoredFactor> find(Transaction tx, UserId user) {
        return stored(tx, user).filter(each -> each.confirmedAt() != null);
    }

    private static Optional<StoredFactor> stored(Transaction tx, UserId user) {
        return tx.records(RecordTypes.SECOND_FACTORS).list(ofUser(user)).stream()
                .findFirst();
    }

    private static Query<StoredFactor> ofUser(UserId user) {
        return Query.where(Filter.equal(StoredFactor.USER_ID, user));
    }

    private static Optional<StoredFactor> locked(Transaction tx, UserId user) {
        return stored(tx, user)
                .flatMap(each -> tx.records(RecordTypes.SECOND_FACTORS).lock(each.id()));
    }

    /** Whether the account has to set up a factor before it can have a session. */
    public static boolean isMissing(Transaction tx, User user) {
        return isAdministratorInNeed(tx, user) && !FactorRules.hasAny(tx, user.id());
    }

    /** Whether the account has to have a factor or a passkey, at least in one of its teams. */
    public static boolean isRequired(Transaction tx, User user) {
        return isAdministratorInNeed(tx, user) || (user.portal() && FactorRules.isRequiredInATeam(tx, user.id()));
    }

    private static boolean isAdministratorInNeed(Transaction tx, User user) {
        return !user.portal() && MainParameters.administratorsNeedFactor(tx);
    }

    /**
     * Whether the password is enough to sign in to an account. If a team needs second factors and the account has a
     * passkey only, it has to use that; if it has none, it signs in, and can do nothing for the team. Takes as many
     * statements for every account.
     */
    public static boolean isPasswordEnough(Transaction tx, User user) {
        return isNothingNeeded(tx, user.id(), FactorRules.memberships(user.id()), !user.portal());
    }

    /** Takes as long as for an account, so that the time does not reveal which logins exist. */
    public static void readNothing(Transaction tx) {
        // Reads one membership, since most accounts are in one team.
        isNothingNeeded(tx, new UserId(0), Query.all().page(0, 1), false);
    }

    private static boolean isNothingNeeded(
            Transaction tx, UserId user, Query<? super TeamMember> memberships, boolean administrator) {
        // All is read in each case, so that the time is the same.
        Supplier<List<StoredFactor>> factors =
                tx.records(RecordTypes.SECOND_FACTORS).listLater(ofUser(user));
        Supplier<Long> passkeys = FactorRules.passkeysLater(tx, user);
        BooleanSupplier inTeam = FactorRules.isRequiredLater(tx, memberships);
        boolean required = MainParameters.administratorsNeedFactor(tx) && administrator;
        boolean passkeyNeeded = inTeam.getAsBoolean() && passkeys.get() > 0;
        return factors.get().stream().noneMatch(each -> each.confirmedAt() != null)
                && !required
                && (administrator || !passkeyNeeded);
    }

    /** Removes the factor of an account, and whether there was one that counted. */
    public static boolean remove(Transaction tx, UserId user) {
        Optional<StoredFactor> factor = locked(tx, user);
        factor.ifPresent(each -> tx.records(RecordTypes.SECOND_FACTORS).delete(each.id()));
        return factor.filter(each -> each.confirmedAt() != null).isPresent();
    }

    /**
     * Returns the secret of a setup in Base32. A setup that was started continues.
     *
     * @throws SaasException {@code access.factor-state}, {@code access.factor-key-missing}
     */
    public String start(UserId user) {
        if (!cipher.hasKey()) {
            throw keyMissing("This process has no secret key, and secrets of second factors are stored only encrypted."
                    + " Give every node the same one: Saas.builder().secretKey(…), or --secret-key or SAAS_SECRET_KEY"
                    + " of the server.");
        }
        byte[] fresh = random(Totp.SECRET_BYTES);
        String sealed = cipher.encrypt(purpose(user), HexFormat.of().formatHex(fresh));
        return Totp.base32(context.catalog().transact(tx -> {
            Records<StoredFactor> factors = tx.records(RecordTypes.SECOND_FACTORS);
            Optional<StoredFactor> known = locked(tx, user);
            known.ifPresent(AccountFactors::requirePending);
            if (known.filter(this::isPending).isPresent()) {
                return secret(known.get());
            }
            known.ifPresent(each -> factors.delete(each.id()));
            factors.insert(new StoredFactor(
                    0, user, sealed, 0, List.of(), null, context.now().plus(SETUP_LIFE)));
            return fresh;
        }));
    }

    private boolean isPending(StoredFactor factor) {
        return factor.expiresAt() != null && context.now().isBefore(factor.expiresAt());
    }

    private static void requirePending(StoredFactor factor) {
        if (factor.confirmedAt() != null) {
            throw SaasException.conflict(
                    ErrorCodes.ACCESS_FACTOR_STATE,
                    "Your account has a second factor already. Turn it off first to set up another one.");
        }
    }

    /**
     * Ends a setup, and returns the recovery codes.
     *
     * @throws SaasException {@code access.denied}, {@code access.factor-state}
     */
    public List<String> confirm(Actor actor, User user, String code) {
        List<String> codes = recoveryCodes();
        boolean right = limited(
                actor,
                user,
                () -> context.catalog().transact(tx -> {
                    Optional<StoredFactor> pending = locked(tx, user.id());
                    pending.ifPresent(AccountFactors::requirePending);
                    OptionalLong step = pending.filter(this::isPending)
                            .map(each -> match(each, normal(code)))
                            .orElse(OptionalLong.empty());
                    if (step.isEmpty()) {
                        return false;
                    }
                    StoredFactor factor = pending.orElseThrow();
                    tx.records(RecordTypes.SECOND_FACTORS)
                            .update(new StoredFactor(
                                    factor.id(),
                                    user.id(),
                                    factor.sealed(),
                                    step.getAsLong(),
                                    hashes(codes),
                                    context.now(),
                                    null));
                    record(tx, actor, EventType.FACTOR_SET, user, Map.of());
                    return true;
                }));
        if (!right) {
            throw wrongCode();
        }
        return codes;
    }

    /** Uses up a code of the app or a recovery code. Returns false if it is wrong, or refused unread. */
    public boolean accept(Actor actor, User user, String code) {
        return limited(actor, user, () -> context.catalog().transact(tx -> use(tx, actor, user, normal(code))));
    }

    private boolean use(Transaction tx, Actor actor, User user, String code) {
        Optional<StoredFactor> found = locked(tx, user.id()).filter(each -> each.confirmedAt() != null);
        if (found.isEmpty()) {
            return false;
        }
        StoredFactor factor = found.get();
        if (Totp.isCode(code)) {
            OptionalLong step = match(factor, code);
            step.ifPresent(each -> tx.records(RecordTypes.SECOND_FACTORS).update(factor.withLastStep(each)));
            return step.isPresent();
        }
        List<String> left = new ArrayList<>(factor.recoveryCodes());
        if (!left.remove(Secrets.hash(code))) {
            return false;
        }
        tx.records(RecordTypes.SECOND_FACTORS).update(factor.withRecoveryCodes(left));
        record(tx, actor, EventType.FACTOR_CODE_USED, user, Map.of("left", Integer.toString(left.size())));
        return true;
    }

    /** Replaces the recovery codes of an account that has a factor. */
    public List<String> renewRecoveryCodes(Actor actor, User user) {
        List<String> codes = recoveryCodes();
        context.catalog().transact(tx -> {
            StoredFactor factor = locked(tx, user.id())
                    .filter(each -> each.confirmedAt() != null)
                    .orElseThrow(AccountFactors::wrongCode);
            tx.records(RecordTypes.SECOND_FACTORS).update(factor.withRecoveryCodes(hashes(codes)));
            record(tx, actor, EventType.FACTOR_CODES_RENEWED, user, Map.of());
            return null;
        });
        return codes;
    }

    public void record(Transaction tx, Actor actor, EventType type, User user, Map<String, String> details) {
        context.events().add(tx, actor, type, null, user.id(), details);
    }

    public static SaasException wrongCode() {
        return SaasException.notAllowed(
                ErrorCodes.ACCESS_DENIED,
                "The code is wrong, or was used already. Wait for the next one. After several failed attempts, wait a"
                        + " few minutes.");
    }

    /** The failures count apart from those of passwords, by the same limits. */
    private boolean limited(Actor actor, User user, Check check) {
        Attempt attempt = Attempt.of("factor\n" + user.login(), actor.clientAddress());
        if (throttle.isBlocked(attempt)) {
            throttle.noteRefused();
            return false;
        }
        return throttle.decide(attempt, check.isRight());
    }

    @FunctionalInterface
    private interface Check {
        boolean isRight();
    }

    /**
     * Refuses a session in which its user has not proven who it is.
     *
     * @param work reads the session
     * @param hash of the secret of the session
     * @throws SaasException {@code access.proof-needed}
     */
    public void requireProof(UnitOfWork work, String hash, UserId user) {
        if (!isProven(work, hash, user)) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_PROOF_NEEDED,
                    "Confirm first that it is you: with your password, or with a code if your account has a second"
                            + " factor.");
        }
    }

    /** A proof from the future is one of a node whose clock is ahead; one from the far future proves nothing. */
    public boolean isProven(UnitOfWork work, String hash, UserId user) {
        return work.transact(tx -> SessionRows.ofAccount(tx, hash, user))
                .map(StoredSession::provenAt)
                .filter(proven -> Duration.between(proven, context.now()).abs().compareTo(SignIns.PROOF_LIFE) < 0)
                .isPresent();
    }

    /** Encrypts with the first key what another one has encrypted, once an hour. Returns how many secrets. */
    public int renewDue() {
        long now = context.tick();
        long due = nextRenewal.get();
        if (!cipher.hasOlderKeys() || now - due < 0 || !nextRenewal.compareAndSet(due, now + EVERY)) {
            return 0;
        }
        return context.catalog().transact(this::renew);
    }

    private int renew(Transaction tx) {
        Records<StoredFactor> factors = tx.records(RecordTypes.SECOND_FACTORS);
        int renewed = 0;
        for (StoredFactor each : factors.list(Query.all())) {
            String purpose = purpose(each.userId());
            Optional<String> secret = cipher.decrypt(purpose, each.sealed());
            if (secret.isPresent()
                    && !cipher.isCurrent(purpose, each.sealed())
                    && factors.lock(each.id()).filter(each::equals).isPresent()) {
                factors.update(new StoredFactor(
                        each.id(),
                        each.userId(),
                        cipher.encrypt(purpose, secret.get()),
                        each.lastStep(),
                        each.recoveryCodes(),
                        each.confirmedAt(),
                        each.expiresAt()));
                renewed++;
            }
        }
        return renewed;
    }

    private OptionalLong match(StoredFactor factor, String code) {
        return Totp.match(secret(factor), code, context.now(), factor.lastStep());
    }

    private byte[] secret(StoredFactor factor) {
        return cipher.decrypt(purpose(factor.userId()), factor.sealed())
                .map(HexFormat.of()::parseHex)
                .orElseThrow(() -> keyMissing("The secret of this second factor was encrypted with another secret key."
                        + " Give this process that key, or let an administrator reset the second factor."));
    }

    private static SaasException keyMissing(String message) {
        return new SaasException(
                ErrorCategory.CONFLICT, ErrorCodes.ACCESS_FACTOR_KEY_MISSING, message, Map.of(), false, null);
    }

    private static String purpose(UserId user) {
        return "second factor of account " + user;
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        context.secrets().random().nextBytes(bytes);
        return bytes;
    }

    /** 80 random bits each, in groups that are easy to type. */
    private List<String> recoveryCodes() {
        return Stream.generate(() ->
                        String.join("-", Totp.base32(random(RECOVERY_BYTES)).split("(?<=\\G.{4})")))
                .limit(SecondFactors.RECOVERY_CODES)
                .toList();
    }

    private static List<String> hashes(List<String> codes) {
        return codes.stream().map(each -> Secrets.hash(normal(each))).toList();
    }

    /** What a user may type with spaces and hyphens, and in any case. */
    private static String normal(String code) {
        return code.substring(0, Math.min(code.length(), LONGEST_CODE))
                .replaceAll("[\\s-]", "")
                .toUpperCase(Locale.ROOT);
    }
}
