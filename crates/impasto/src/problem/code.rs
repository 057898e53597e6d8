//! The kinds of problem.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// The kind of a [`Problem`](crate::Problem): what tools match on. Kinds are added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every kind there is.
            pub const ALL: &[Code] = &[$(Code::$variant,)+];

            /// The name of the kind, as JSON has it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)+ }
            }

            /// What it is, in one sentence.
            pub fn describe(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // The file.
    /// A file cannot be read.
    UnreadableFile = "unreadable-file",
    /// A file is larger than the limit.
    FileTooLarge = "file-too-large",
    /// A file is not UTF-8.
    NotUtf8 = "not-utf8",
    // Its lines.
    /// An option stands before the first section.
    NoSectionHeader = "no-section-header",
    /// A line has neither `=` nor `:`.
    NoDelimiter = "no-delimiter",
    /// An option has no name.
    EmptyName = "empty-name",
    /// A section is written twice.
    DuplicateSection = "duplicate-section",
    /// An option is written twice in a section.
    DuplicateOption = "duplicate-option",
    // Its values.
    /// A `%` that is neither `%%` nor a reference.
    InterpolationSyntax = "interpolation-syntax",
    /// A `%(name)s` that names no option.
    InterpolationMissing = "interpolation-missing",
    /// References nest too deep, or in a circle.
    InterpolationDepth = "interpolation-depth",
    /// References multiply a value beyond the limit.
    InterpolationSize = "interpolation-size",
    /// A `%(env:NAME)s` without a default names no environment variable.
    MissingVariable = "missing-variable",
    /// A `%(file:PATH)s` names a file that cannot be read.
    UnreadableSecret = "unreadable-secret",
    /// A `get` option names no global.
    MissingGlobal = "missing-global",
    // References.
    /// A URI without a scheme.
    NoScheme = "no-scheme",
    /// A URI with a scheme that is none of `config`, `egg`, `call`.
    UnknownScheme = "unknown-scheme",
    /// A relative `config:` where nothing says relative to what.
    RelativeUri = "relative-uri",
    /// A `call:` or explicit reference of the wrong form.
    BadReference = "bad-reference",
    /// A name for which there is no section.
    MissingSection = "missing-section",
    /// A name for which there are several sections.
    AmbiguousSection = "ambiguous-section",
    /// References lead back to where they came from.
    Cycle = "cycle",
    /// References go deeper, or multiply further, than the limit.
    TooDeep = "too-deep",
    // Sections.
    /// A section says neither `use` nor a `paste.*_factory`.
    NoFactory = "no-factory",
    /// A section says several `paste.*_factory`.
    SeveralFactories = "several-factories",
    /// A pipeline section without `pipeline`.
    MissingPipeline = "missing-pipeline",
    /// A pipeline that names nothing.
    EmptyPipeline = "empty-pipeline",
    /// A pipeline section with options it may not have.
    ExtraSettings = "extra-settings",
    /// A filter-app section without `next`.
    MissingNext = "missing-next",
    // Factories.
    /// A reference that nothing linked into this program provides.
    UnknownFactory = "unknown-factory",
    /// A reference that leads to a factory of another kind.
    WrongKind = "wrong-kind",
    /// Two factories under one name or reference.
    DuplicateFactory = "duplicate-factory",
    /// A factory registered under a name that no reference can reach.
    BadFactoryName = "bad-factory-name",
    /// A `require` names a package that is not linked.
    MissingPackage = "missing-package",
    /// A factory refused its settings or failed.
    FactoryFailed = "factory-failed",
    // Settings.
    /// A value that is not of its setting's type.
    BadValue = "bad-value",
    /// An option that the factory does not know.
    UnknownSetting = "unknown-setting",
    /// A setting that the factory needs and the section lacks.
    MissingSetting = "missing-setting",
    /// Two spellings of one setting.
    DuplicateSetting = "duplicate-setting",
    // What the file says of itself.
    /// A `[check:...]` section asserts what is not so.
    FailedAssertion = "failed-assertion",
    // Serving.
    /// Two apps come to one address.
    SameAddress = "same-address",
    // Works, but not as its text suggests.
    /// An option of a section that `[DEFAULT]` or a caller hides.
    HiddenByDefault = "hidden-by-default",
    /// A value that is interpolated in one file and then, as a default, in another.
    DoubleInterpolation = "double-interpolation",
    /// A default that comes out empty, and so stays as it is written.
    RawDefault = "raw-default",
    /// Options that never reach what they are meant for.
    LostSettings = "lost-settings",
    /// A setting that another one takes the place of.
    UnusedSetting = "unused-setting",
    /// A section that nothing loads.
    UnusedSection = "unused-section",
    /// A section or option swallowed by the value above it.
    SwallowedLine = "swallowed-line",
    /// Text behind a section's bracket.
    IgnoredText = "ignored-text",
    /// A section whose kind PasteDeploy does not know, though its name is close to one it does.
    UnknownKind = "unknown-kind",
    /// A comment mark inside a value.
    InlineComment = "inline-comment",
    /// A filter that its factory wants elsewhere in the pipeline.
    WrongOrder = "wrong-order",
    /// A filter that a request should pass once and passes twice.
    RepeatedFilter = "repeated-filter",
    /// A filter without another one that it needs.
    LonelyFilter = "lonely-filter",
    /// Two filters that do not go together.
    ConflictingFilters = "conflicting-filters",
    /// A comment that allows a problem which is not there, or is written so that it allows none.
    UselessAllow = "useless-allow",
    /// A name that is looked up only when it is used, and then fails.
    LateFailure = "late-failure",
}

impl Code {
    /// Whether it says that a line is wrong, whatever sections mean.
    pub(crate) fn is_of_a_line(self) -> bool {
        matches!(
            self,
            Code::NoSectionHeader
                | Code::NoDelimiter
                | Code::EmptyName
                | Code::DuplicateSection
                | Code::DuplicateOption
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
