use crate::aws::Failure;
use crate::target::{Lease, lease_embedded, release_embedded};

/// Where worlds are put up.
#[derive(Debug, Clone)]
pub enum Place {
    /// A sandbox in which accounts are opened at will.
    Sandbox { url: String, admin_token: String, region: String },
    /// One account for all worlds, which follow one another.
    Account(Lease),
    /// For questions alone, of which nothing is put up.
    Nowhere,
}

impl Place {
    /// How many worlds may stand there at a time.
    pub(super) fn room(&self, wanted: usize) -> usize {
        match self {
            Self::Sandbox { .. } => wanted.max(1),
            Self::Account(_) | Self::Nowhere => 1,
        }
    }

    pub(super) async fn lease(&self) -> Result<Lease, Failure> {
        match self {
            Self::Sandbox { url, admin_token, region } => lease_embedded(url, admin_token, region).await,
            Self::Account(lease) => Ok(lease.clone()),
            Self::Nowhere => {
                Err(Failure::new(crate::aws::ErrorClass::Other, "prove", "there is no place to put it up"))
            }
        }
    }

    /// Gives an account back with everything in it, and returns whether that was possible: if not, it must be emptied.
    pub(super) async fn release(&self, lease: &Lease) -> bool {
        match self {
            Self::Sandbox { url, admin_token, .. } => {
                release_embedded(url, admin_token, &lease.account).await.is_ok()
            }
            Self::Account(_) | Self::Nowhere => false,
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Sandbox { .. } => "embedded".to_owned(),
            Self::Account(lease) => lease.name(),
            Self::Nowhere => "answers".to_owned(),
        }
    }
}
