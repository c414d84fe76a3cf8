extension ReasonID {
    /// Whether the same command may succeed later although nobody changes anything: `retry` in the JSON object. If not, a
    /// person has to act. The article Reasons lists the same ids.
    public var mayPass: Bool {
        switch self {
        // Time passes: the clock is set from the network, another command ends, somebody registers the device.
        case .clockWrong, .certificateNotYetValid, .configurationLocked, .enrollmentTimeout, .registrationPending: true
        // A service that starts, or that did not answer in time.
        case .serviceManagerSilent, .serviceCommandSignalled, .mosquittoNotRunning, .mosquittoNotAnswering,
            .localMQTTFailed, .proxyUnreachable, .brokerUnreachable, .brokerConnectionLost, .brokerSilent:
            true
        // The network, and the servers behind it.
        case .nameNotResolved, .nameServerSilent, .portClosed, .hostUnreachable, .packetsDropped,
            .firstAddressUnreachable, .connectionFailed, .endpointSilent, .endpointFailed, .uploadServerError,
            .uploadAnswerBroken, .enrollmentAnswerBroken, .bridgeDown, .bridgeUnstable, .cloudSilent:
            true
        // The command was ended, or had no time left.
        case .interrupted, .unanswered: true

        case .settingMissing, .settingNotSet, .settingUnknown, .settingDeprecated, .settingInvalid, .settingTwice,
            .settingUnusable, .settingUnsupported, .builtInBridge, .profileInvalid, .profileUnknown, .profilesClash,
            .deviceIDOfCertificate, .settingsBroken, .settingsUnreadable, .settingsNotEditable, .settingsIncomplete,
            .settingsVersionUnknown, .accountUnknown:
            false
        case .permissionDenied, .fileUnreadable, .fileNotWritable, .untrustedLink, .fileNotPlain, .fileForeign,
            .diskFull, .diskNearlyFull, .readOnlyFileSystem:
            false
        case .bootstrapDocumentInvalid, .bootstrapNeedsCloud, .variableMissing, .bootstrapHookFailed,
            .bootstrapHookForeign, .dialogueEnded:
            false
        case .certificateMissing, .certificateExists, .certificateOfOther, .certificateUnreadable, .certificateBroken,
            .certificateOrder,
            .certificateWithoutCommonName, .certificateTooWeak, .certificateDirectoryMissing,
            .certificateDirectoryForeign, .certificateAndKeyInOneFile, .certificateValidityInvalid,
            .certificateExpired, .certificateExpiresSoon, .certificateRenewed, .minimumDurationTooLong,
            .renewedCertificateMissing, .keyMissing, .keyExists, .keyUnreadable, .keyBroken, .keyEncrypted,
            .keyInHardware, .keyAddressInvalid, .keyPINExposed, .keyProviderMissing, .keyProviderFailed,
            .keyUnusableForMosquitto, .tpmUnreachable, .tpmBusy, .tpmKeyForeign, .tokenModuleUnusable, .tokenMissing,
            .tokenKeyMissing, .tokenPINMissing, .tokenPINWrong, .tokenPINLocked, .keyMismatch, .keyReadable,
            .keyUnreadableForMosquitto, .listenerFileMissing,
            .listenerFileUnreadableForMosquitto, .deviceIDInvalid, .deviceIDMissing, .trustRootsUnusable,
            .trustRootsExpired, .trustRootsUnreadableForMosquitto:
            false
        case .credentialsMissing, .credentialsUnreadable, .credentialsBroken, .credentialsReadable,
            .credentialsRefused, .userMissing, .passwordMissing, .passwordUnreadable, .credentialsNotSendable,
            .terminalFailed, .uploadUnauthorized, .uploadForbidden, .uploadNotFound, .uploadRefused, .uploadNotJSON,
            .uploadNotHTTP, .uploadUnsupported:
            false
        case .requestPathInvalid, .requestBroken, .requestKeyMismatch, .requestNameMismatch, .requestUnused,
            .urlInvalid, .renewalUnsupported, .renewalNeedsPerson, .renewalRefused, .certificateNotSelfSigned,
            .newCertificateRefused, .proxyHostInvalid, .enrollmentRefused, .enrollmentNotOffered, .enrollmentNotHTTP,
            .enrollmentAnswerMismatch:
            false
        case .openSSLMissing, .openSSLFailed, .libmosquittoMissing, .mqttLibraryFailed, .serviceManagerUnavailable,
            .serviceCommandFailed, .serviceCommandMissing, .systemFileBroken:
            false
        case .mosquittoNotFound, .mosquittoIsSnap, .mosquittoWithoutUnit, .mosquittoStartLimit, .mosquittoNotEnabled,
            .mosquittoMasked, .mosquittoUnitBroken, .mosquittoEnded, .mosquittoConfigurationRejected,
            .mosquittoConfigurationUnreadable, .mosquittoCannotRestart, .appArmorDenied, .mosquittoAccessClash,
            .includeLineMissing, .includeLineTwice, .listenerTwice, .listenerUnreachable, .portHeld:
            false
        case .mapperNotInstalled, .mapperWithoutService, .mapperFailed, .mapperNotEnabled, .mapperMasked,
            .mapperUnitBroken, .agentWithoutService, .agentFailed, .agentNotEnabled, .agentMasked, .agentUnitBroken:
            false
        case .alreadyConnected, .notConnected, .connectionUnfinished, .bridgeFileDiffers, .bridgeNotRead,
            .bridgeUnknown, .messagesNotKept, .persistenceNotWritable:
            false
        case .nameBlocked, .proxyRefused, .proxyNotUsable, .notTLS, .tlsVersion, .tlsAlert, .endpointFloods,
            .serverNameUnknown, .serverCertificateUntrusted, .serverCertificateWrongHost, .serverCertificateExpired,
            .serverCertificateWeak, .deviceCertificateNotTrusted, .deviceCertificateNotSent,
            .deviceCertificateRevoked, .clientCertificateNotAsked, .cloudClosesConnection, .deviceRefused,
            .cloudRefusesRequest, .otherTenant, .deviceGone:
            false
        case .brokerRefuses, .brokerTLSFailed, .brokerFloods, .brokerSettingsUnusable, .subscriptionRefused,
            .messageInvalid, .messagesTooMany:
            false
        case .bundleExists, .archiveFailed, .diagPluginFailed: false
        case .wrongUsage, .outputFailed, .unexpected, .thinEdgeMissing: false
        }
    }
}
