// The process of hnswlib: BASE QUERIES METRIC M EF_CONSTRUCTION VERSION, then the line protocol of the benchmark on its
// standard streams (see Message.java and EngineServer.java; filter and grow are not supported).
#include <hnswlib/hnswlib.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using Clock = std::chrono::steady_clock;

static double seconds(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

/** The vectors of an fvecs file, mapped. */
struct VectorFile {
    const char *bytes = nullptr;
    size_t dimension = 0, size = 0;

    explicit VectorFile(const char *path) {
        int file = open(path, O_RDONLY);
        struct stat status {};
        if (file < 0 || fstat(file, &status) != 0) throw std::runtime_error(std::string("cannot read ") + path);
        bytes = (const char *)mmap(nullptr, status.st_size, PROT_READ, MAP_SHARED, file, 0);
        close(file);
        if (bytes == MAP_FAILED) throw std::runtime_error(std::string("cannot map ") + path);
        dimension = *(const int32_t *)bytes;
        size = status.st_size / stride();
    }

    size_t stride() const { return 4 + 4 * dimension; }

    const float *at(size_t index) const { return (const float *)(bytes + index * stride() + 4); }
};

using Values = std::map<std::string, std::string>;

static Values parse(const std::string &line, std::string &verb) {
    std::stringstream stream(line);
    std::string part;
    Values values;
    std::getline(stream, verb, '\t');
    while (std::getline(stream, part, '\t')) {
        size_t equals = part.find('=');
        if (equals != std::string::npos) values[part.substr(0, equals)] = part.substr(equals + 1);
    }
    return values;
}

class Server {
    VectorFile base, query_file;
    size_t m, ef_construction;
    std::vector<std::vector<float>> queries;
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> index;

public:
    explicit Server(char **arguments)
        : base(arguments[1]), query_file(arguments[2]), m(std::stoul(arguments[4])),
          ef_construction(std::stoul(arguments[5])) {
        for (size_t i = 0; i < query_file.size; i++)
            queries.emplace_back(query_file.at(i), query_file.at(i) + query_file.dimension);
        if (std::string(arguments[3]) == "l2")
            space.reset(new hnswlib::L2Space(base.dimension));
        else
            space.reset(new hnswlib::InnerProductSpace(base.dimension));
    }

    std::string build(Values request) {
        size_t threads = std::stoul(request.at("threads"));
        index.reset();
        auto start = Clock::now();
        index.reset(new hnswlib::HierarchicalNSW<float>(space.get(), base.size, m, ef_construction, 42));
        std::atomic<size_t> next{0};
        auto work = [&] {
            for (size_t i = next++; i < base.size; i = next++) index->addPoint(base.at(i), i);
        };
        std::vector<std::thread> helpers;
        for (size_t i = 1; i < threads; i++) helpers.emplace_back(work);
        work();
        for (auto &helper : helpers) helper.join();
        double took = seconds(start, Clock::now());
        std::ostringstream answer;
        answer << "built\tseconds=" << took << "\tsearch_bytes=" << bytes() << "\trescore_bytes=0";
        return answer.str();
    }

    // Vectors, links, their pointers, levels and locks; the table from labels to elements is left out.
    size_t bytes() const {
        size_t total = index->max_elements_ * (index->size_data_per_element_ + sizeof(void *) + sizeof(int) +
                                               sizeof(std::mutex));
        for (size_t i = 0; i < index->max_elements_; i++)
            total += (size_t)index->element_levels_[i] * index->size_links_per_element_;
        return total;
    }

    std::string search(Values request) {
        if (!index) throw std::runtime_error("nothing has been built");
        size_t k = std::stoul(request.at("k")), repeat = std::stoul(request.at("repeat"));
        index->setEf(std::stoul(request.at("ef")));
        std::vector<double> micros(queries.size() * repeat);
        std::vector<std::vector<int32_t>> found(queries.size());
        for (auto &ids : found) ids.resize(k);
        double cpu = cpu_seconds();
        for (size_t i = 0; i < micros.size(); i++) {
            size_t query = i % queries.size();
            auto start = Clock::now();
            auto hits = index->searchKnn(queries[query].data(), k);
            auto &ids = found[query];
            ids.resize(hits.size());
            for (size_t at = hits.size(); at-- > 0; hits.pop()) ids[at] = (int32_t)hits.top().second;
            micros[i] = seconds(start, Clock::now()) * 1e6;
        }
        cpu = cpu_seconds() - cpu;
        double total = std::accumulate(micros.begin(), micros.end(), 0.0) / 1e6;
        write(request.at("out"), found);
        std::sort(micros.begin(), micros.end());
        std::ostringstream answer;
        answer << "searched\tseconds=" << total << "\tcpu_seconds=" << cpu << "\tp50_micros=" << quantile(micros, 0.50)
               << "\tp99_micros=" << quantile(micros, 0.99);
        return answer.str();
    }

private:
    // How long this thread has been running.
    static double cpu_seconds() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time.tv_sec + time.tv_nsec / 1e9;
    }

    static double quantile(const std::vector<double> &sorted, double part) {
        size_t rank = (size_t)std::ceil(part * sorted.size());
        return sorted[std::min(sorted.size(), std::max<size_t>(rank, 1)) - 1];
    }

    static void write(const std::string &path, const std::vector<std::vector<int32_t>> &lists) {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        for (auto &list : lists) {
            int32_t length = (int32_t)list.size();
            out.write((const char *)&length, 4);
            out.write((const char *)list.data(), 4 * length);
        }
        if (!out.flush()) throw std::runtime_error("cannot write " + path);
    }
};

int main(int count, char **arguments) {
    if (count != 7) {
        std::cerr << "expected BASE QUERIES METRIC M EF_CONSTRUCTION VERSION" << std::endl;
        return 2;
    }
    std::ios::sync_with_stdio(false);
    std::unique_ptr<Server> server;
    std::string line, verb;
    while (std::getline(std::cin, line)) {
        std::string answer;
        try {
            if (!server) server.reset(new Server(arguments));
            Values request = parse(line, verb);
            if (verb == "quit") break;
            if (verb == "info") answer = std::string("info\tversion=") + arguments[6];
            else if (verb == "build") answer = server->build(request);
            else if (verb == "search") answer = server->search(request);
            else answer = "unsupported\tmessage=" + verb + " is not measured of hnswlib";
        } catch (const std::exception &e) {
            answer = std::string("error\tmessage=") + e.what();
        }
        std::cout << answer << std::endl;
    }
    return 0;
}
