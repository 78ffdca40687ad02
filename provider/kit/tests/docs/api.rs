//! The service behind the example: it keeps buckets in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kit::Diagnostic;

use super::bucket::Bucket;

/// A client of the service.
#[derive(Debug, Default)]
pub struct Api {
    copies: Mutex<BTreeMap<String, i64>>,
}

impl Api {
    /// Makes or changes a bucket.
    pub fn put(&self, mut bucket: Bucket) -> Result<Bucket, Diagnostic> {
        if bucket.name == "taken" {
            return Err(Diagnostic::error("Bucket exists", "name: somebody else has it").attribute("name"));
        }
        self.copies().insert(bucket.name.clone(), bucket.copies);
        bucket.region.get_or_insert_with(|| "north".to_owned());
        bucket.id.set(7);
        bucket.url.set(format!("https://{}.example.com", bucket.name));
        Ok(bucket)
    }

    /// Looks at a bucket.
    pub fn get(&self, mut bucket: Bucket) -> Option<Bucket> {
        bucket.copies = *self.copies().get(&bucket.name)?;
        Some(bucket)
    }

    /// Removes a bucket.
    pub fn delete(&self, bucket: &Bucket) -> Result<(), Diagnostic> {
        match self.copies().remove(&bucket.name) {
            Some(copies) if copies > 4 => Err(Diagnostic::error("Bucket is dear", "It has too many copies.")),
            _ => Ok(()),
        }
    }

    fn copies(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, i64>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
