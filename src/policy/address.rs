// `core::net` holds the address types only; nothing here can reach a network.
use core::net::IpAddr;

/// A range of IP addresses: one address or CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    first: IpAddr,
    /// How many leading bits are fixed.
    prefix: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let bits = if first.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then_some(Self { first, prefix })
    }

    pub(super) fn contains(&self, address: &str) -> bool {
        match (self.first, address.parse::<IpAddr>()) {
            (IpAddr::V4(first), Ok(IpAddr::V4(other))) => {
                let differing = u32::from(first) ^ u32::from(other);
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(first), Ok(IpAddr::V6(other))) => {
                let differing = u128::from(first) ^ u128::from(other);
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_the_addresses_that_share_its_prefix() {
        let range = Range::parse("10.1.0.0/16").unwrap();
        assert!(range.contains("10.1.255.1") && !range.contains("10.2.0.1") && !range.contains("::1"));
        let range = Range::parse("2001:db8::/33").unwrap();
        assert!(range.contains("2001:db8:7fff::1") && !range.contains("2001:db8:8000::1"));
        assert!(Range::parse("0.0.0.0/0").unwrap().contains("203.0.113.9"));
        assert!(Range::parse("::1").unwrap().contains("::1"));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["10.0.0.0/33", "10.0.0/8", "", "all"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
