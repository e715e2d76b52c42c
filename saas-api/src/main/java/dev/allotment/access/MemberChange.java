// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Internal;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A command to change a member, its groups and its password at once: {@code
 * MemberChange.builder().password(secret).build()}.
 *
 * <p>All of it is applied, or nothing. Immutable. The password is never printed.
 *
 * @param record receives the member as stored and returns it as wanted; may be called more than once
 * @param groups receives the member's groups and returns the wanted ones; null: the groups stay
 * @param password the new password; null: the password stays
 */
public record MemberChange(
        UnaryOperator<Member> record,
        @Nullable UnaryOperator<List<GroupId>> groups,
        @Nullable String password) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public MemberChange {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns the name of the type only. */
    @Override
    public String toString() {
        return "MemberChange[]";
    }

    /** Collects the parts of {@link MemberChange}. Not safe for use by several threads. */
    public static final class Builder {
        private UnaryOperator<Member> record = UnaryOperator.identity();
        private @Nullable UnaryOperator<List<GroupId>> groups;
        private @Nullable String password;

        private Builder() {}

        private Builder(MemberChange from) {
            record = from.record;
            groups = from.groups;
            password = from.password;
        }

        /** Sets {@link MemberChange#record}. Default: no change. */
        public Builder record(UnaryOperator<Member> value) {
            record = value;
            return this;
        }

        /** Sets {@link MemberChange#groups}. Default: null. */
        public Builder groups(@Nullable UnaryOperator<List<GroupId>> value) {
            groups = value;
            return this;
        }

        /** Sets {@link MemberChange#password}. Default: null. */
        public Builder password(@Nullable String value) {
            password = value;
            return this;
        }

        /** Creates the record. */
        public MemberChange build() {
            return new MemberChange(record, groups, password);
        }
    }
}
