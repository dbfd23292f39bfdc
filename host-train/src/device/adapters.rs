//! GPUs with Vulkan, Metal or Direct3D 12, by the name that wgpu has for them: adapters.

use anyhow::{Result, anyhow};
use burn_wgpu::WgpuDevice;
use burn_wgpu::graphics::{AutoGraphicsApi, GraphicsApi};
use wgpu::{AdapterInfo, DeviceType, Instance, InstanceDescriptor};

use super::Gpu;

/// An adapter.
struct Adapter {
    info: AdapterInfo,
    /// The number among those of the same type.
    number: usize,
    /// The most bytes of a buffer that a shader can use.
    memory: u64,
}

/// All adapters, the best first.
fn all() -> Vec<Adapter> {
    let backend = AutoGraphicsApi::backend();
    let instance = Instance::new(InstanceDescriptor {
        backends: backend.into(),
        ..InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(backend.into()));
    let mut adapters: Vec<Adapter> = Vec::new();
    for adapter in found {
        let info = adapter.get_info();
        let same = adapters
            .iter()
            .filter(|other| other.info.device_type == info.device_type);
        let number = same.count();
        let memory = adapter.limits().max_storage_buffer_binding_size;
        adapters.push(Adapter {
            info,
            number,
            memory,
        });
    }
    adapters.sort_by_key(|adapter| match adapter.info.device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    });
    adapters
}

impl Adapter {
    fn gpu(&self) -> Gpu {
        Gpu {
            name: self.name(),
            memory: self.memory,
        }
    }

    fn name(&self) -> String {
        let kind = match self.info.device_type {
            DeviceType::Cpu => ", in software",
            _ => "",
        };
        format!("{} ({}{kind})", self.info.name, self.info.backend)
    }
}

/// An adapter.
pub(super) fn gpu(number: usize) -> Result<Gpu> {
    let adapters = all();
    let count = adapters.len();
    let adapter = adapters.get(number).ok_or_else(|| match count {
        0 => anyhow!(
            "there is no GPU with a driver for {:?}",
            AutoGraphicsApi::backend()
        ),
        _ => anyhow!("there are {count} GPUs with such a driver, numbered from 0"),
    })?;
    Ok(adapter.gpu())
}

/// The number of the best adapter that is not software.
pub(super) fn hardware() -> Result<(usize, Gpu)> {
    let adapters = all();
    let best = adapters
        .first()
        .filter(|adapter| adapter.info.device_type != DeviceType::Cpu);
    let best = best.ok_or_else(|| match adapters.first() {
        None => anyhow!(
            "there is no GPU with a driver for {:?}",
            AutoGraphicsApi::backend()
        ),
        Some(software) => anyhow!(
            "{} is used only on request (--device wgpu)",
            software.name()
        ),
    })?;
    Ok((0, best.gpu()))
}

/// The device of burn for an adapter.
pub fn device(number: usize) -> WgpuDevice {
    match all().get(number) {
        None => WgpuDevice::DefaultDevice,
        Some(adapter) => match adapter.info.device_type {
            DeviceType::DiscreteGpu => WgpuDevice::DiscreteGpu(adapter.number),
            DeviceType::IntegratedGpu => WgpuDevice::IntegratedGpu(adapter.number),
            DeviceType::VirtualGpu => WgpuDevice::VirtualGpu(adapter.number),
            DeviceType::Cpu => WgpuDevice::Cpu,
            DeviceType::Other => WgpuDevice::DefaultDevice,
        },
    }
}
